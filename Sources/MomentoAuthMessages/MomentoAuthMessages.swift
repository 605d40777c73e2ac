// MomentoAuthMessages: see the layout in README.md.
