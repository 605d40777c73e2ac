// MomentoAuthService: see the layout in README.md.
