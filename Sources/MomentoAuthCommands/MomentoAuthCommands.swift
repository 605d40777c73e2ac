// MomentoAuthCommands: see the layout in README.md.
