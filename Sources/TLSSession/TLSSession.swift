// TLSSession: see the layout in README.md.
