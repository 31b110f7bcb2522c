"""The app in the browser: pages, jobs and the server around them."""
