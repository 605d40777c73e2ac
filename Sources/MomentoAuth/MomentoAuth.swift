// MomentoAuth: see the layout in README.md.
