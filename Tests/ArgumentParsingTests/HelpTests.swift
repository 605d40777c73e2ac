import ArgumentParsing
import Testing

@Suite struct HelpTests {
  @Test(
    "help of the tool is shown without a subcommand, on request, and by the word help",
    arguments: [[], ["-h"], ["--help"], ["help"], ["--help", "nonsense"]])
  func tool(arguments: [String]) throws {
    let expected = """
      OVERVIEW: Paint pictures.

      USAGE: paint <subcommand>

      OPTIONS:
        --version               Show the version.
        -h, --help              Show help information.

      SUBCOMMANDS:
        draw                    Draw one picture, of the size that is asked for, into
                                the file that is named.
        erase                   Erase.

        See 'paint help <subcommand>' for detailed help.

      """
    #expect(try sample.parse(arguments) == .help(expected))
  }

  @Test(
    "help of a command is shown whatever else is wrong with the line",
    arguments: [
      ["draw", "--help"], ["draw", "-h"], ["help", "draw"], ["draw", "--nonsense", "--help"],
      ["help", "draw", "--json"], ["draw", "--size", "-h"],
    ])
  func command(arguments: [String]) throws {
    let expected = """
      OVERVIEW: Draw one picture, of the size that is asked for, into the file that is
      named.

      A picture is a file.

        red = 1
        green = 2

      EXAMPLES:
        # A red square
        paint draw --size 3 red.png

      USAGE: paint draw [<options>] <file> [<more> ...]

      ARGUMENTS:
        <file>                  Where to.
        <more>                  And also.

      OPTIONS:
        -s, --size <pixels>     Edge length. (default: 10)
        --shape <shape>         What to draw. (values: square, circle)
        -l, --layer <name>      A layer; may be repeated.
        --color/--no-color      Paint in color. (default: --color)
        -j, --json              Answer in JSON.
        -v, --verbose           Say more.
        -h, --help              Show help information.

      EXIT CODES:
        0  drawn
        1  not drawn

      """
    #expect(try sample.parse(arguments) == .help(expected))
  }

  @Test("the version is shown at any place", arguments: [["--version"], ["draw", "--version"]])
  func version(arguments: [String]) throws {
    #expect(try sample.parse(arguments) == .version("1.2.3\n"))
  }

  @Test("a request for help behind two dashes is an operand")
  func notHelp() throws {
    #expect(try run("draw -- --help")?.operands == ["--help"])
  }
}
