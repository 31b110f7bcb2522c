"""``index.html``: the page over all clips of a results folder."""
