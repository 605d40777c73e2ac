// ArgumentParsing: see the layout in README.md.
