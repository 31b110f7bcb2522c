"""The live page's side of the server: frames in, coaching out."""
