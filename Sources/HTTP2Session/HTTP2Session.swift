// HTTP2Session: see the layout in README.md.
