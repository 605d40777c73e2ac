import ArgumentParsing
import Testing

@Suite struct ParsingTests {
  @Test(
    "a value follows its option, or is attached with an equals sign",
    arguments: [
      "--size 3 f", "--size=3 f", "-s 3 f", "-s=3 f", "f --size 3", "-jvs 3 f", "-js=3 f",
    ])
  func values(line: String) throws {
    let parsed = try #require(try run("draw \(line)"))
    #expect(parsed.value("size") == "3")
    #expect(parsed.operands == ["f"])
  }

  @Test("an attached value may be empty, and may hold equals signs and dashes")
  func attachedValues() throws {
    #expect(try run("draw f --size=")?.value("size") == "")
    #expect(try run("draw f --size=a=b")?.value("size") == "a=b")
    #expect(try run("draw f --size=--json")?.value("size") == "--json")
    #expect(try run("draw f --size=--json")?.flag("json") == false)
  }

  @Test(
    "another name leads to the same option, and help names it",
    arguments: ["--size 3", "--edge 3", "--edge=3"])
  func aliases(line: String) throws {
    let command = Command(
      "cut", abstract: "Cut.",
      options: [
        Option("size", aliases: ["edge"], .value(.init("pixels")), "Edge length."),
        Option("color", aliases: ["paint"], .invertibleFlag(default: true), "In color."),
      ])
    guard case .run(let parsed) = try command.parse(words("\(line) --no-paint")) else {
      Issue.record("the line is not taken")
      return
    }
    #expect(parsed.value("size") == "3")
    #expect(!parsed.flag("color"))
    guard case .help(let text) = try command.parse(["--help"]) else {
      Issue.record("there is no help")
      return
    }
    #expect(text.contains("Edge length. (also: --edge)"))
  }

  @Test("a lone dash is an ordinary value and an ordinary operand")
  func loneDash() throws {
    #expect(try run("draw --size - f")?.value("size") == "-")
    #expect(try run("draw -")?.operands == ["-"])
  }

  @Test("what comes after two dashes is never an option")
  func doubleDash() throws {
    let parsed = try run("draw --json -- --verbose -v -- --help")
    #expect(parsed?.operands == ["--verbose", "-v", "--", "--help"])
    #expect(parsed?.flag("json") == true)
    #expect(parsed?.flag("verbose") == false)
  }

  @Test("letters may be joined")
  func joinedLetters() throws {
    let parsed = try run("draw -vj f")
    #expect(parsed?.flag("json") == true)
    #expect(parsed?.flag("verbose") == true)
  }

  @Test(
    "of a flag and its opposite the last counts",
    arguments: [
      ("", true), ("--no-color", false), ("--no-color --color", true),
      ("--color --no-color", false),
    ])
  func inversion(line: String, expected: Bool) throws {
    #expect(try run("draw f \(line)")?.flag("color") == expected)
  }

  @Test("a repeated option keeps every value, another keeps its last")
  func repetition() throws {
    let parsed = try run("draw -l a --layer b --layer=c --size 1 --size 2 f")
    #expect(parsed?.values("layer") == ["a", "b", "c"])
    #expect(parsed?.values("size") == ["2"])
  }

  @Test("a default stands in for an option that is not given")
  func defaults() throws {
    #expect(try run("draw f")?.value("size") == "10")
    #expect(try run("draw f")?.value("shape") == nil)
    #expect(try run("draw f")?.values("layer") == [])
  }

  @Test("operands keep their order around options")
  func operands() throws {
    #expect(try run("draw a -j b --size 2 c")?.operands == ["a", "b", "c"])
    #expect(try run("draw a")?.path == ["paint", "draw"])
    #expect(try run("draw a")?.name == "draw")
  }

  @Test(
    "a wrong line is answered with what is wrong and what may be meant",
    arguments: [
      ("draw", "Missing expected argument '<file>'."),
      ("erase", "Missing expected argument '--key <name>'."),
      ("erase --key k a b", "Unexpected argument 'b'."),
      ("erase --key k a b c", "2 unexpected arguments: 'b', 'c'."),
      ("draw f --size", "Missing value for '--size <pixels>'."),
      ("draw f --size --json", "Missing value for '--size <pixels>'."),
      ("draw f -sj", "Missing value for '--size <pixels>'."),
      ("draw f --json=yes", "The flag '--json' takes no value."),
      ("draw f --jsno", "Unknown option '--jsno'. Did you mean '--json'?"),
      ("draw f --colour", "Unknown option '--colour'. Did you mean '--color'?"),
      ("draw f --hlep", "Unknown option '--hlep'. Did you mean '--help'?"),
      ("draw f --qqqqqq", "Unknown option '--qqqqqq'."),
      ("draw f -x", "Unknown option '-x'."),
      ("draw f -jx", "Unknown option '-x'."),
      ("drwa f", "Unknown subcommand 'drwa'. Did you mean 'draw'?"),
      ("help drwa", "Unknown subcommand 'drwa'. Did you mean 'draw'?"),
      ("--json draw", "Unknown option '--json'."),
      (
        "draw f --shape circel",
        "The value 'circel' is invalid for '--shape <shape>'. Please provide one of 'square' or "
          + "'circle'. Did you mean 'circle'?"
      ),
      ("draw f --password=hunter2", "Passwords are read from standard input."),
      ("draw f --password hunter2", "Passwords are read from standard input."),
    ])
  func complaints(line: String, message: String) {
    #expect(complaint(line) == message)
  }

  @Test("an unknown option's value, a long word and control characters are not repeated")
  func discretion() throws {
    #expect(complaint("draw f --passwort=hunter2") == "Unknown option '--passwort'.")
    let long = String(repeating: "secret", count: 10)
    #expect(complaint("erase --key k a \(long)") == "Unexpected argument 'secretse...'.")
    #expect(complaint("erase --key k a b\u{1B}[31m") == "Unexpected argument 'b?[31m'.")
  }

  @Test("an error shows what is wrong, how to call the command, and where help is")
  func errorText() {
    let error = #expect(throws: UsageError.self) { try sample.parse(["erase"]) }
    #expect(
      error?.description == """
        Error: Missing expected argument '--key <name>'.
        Usage: paint erase --key <name> [<file>]
          See 'paint erase --help' for more information.
        """)
    #expect(UsageError.exitCode == 64)
  }

  @Test("a command can refuse a line that the table allows, in the same words")
  func refusal() throws {
    let refusal = try run("erase --key k")?.refusal("Not today.")
    #expect(
      refusal?.description == """
        Error: Not today.
        Usage: paint erase --key <name> [<file>]
          See 'paint erase --help' for more information.
        """)
  }

  @Test("a swap of two neighbours is one mistake")
  func swaps() {
    #expect(complaint("drawe f") == "Unknown subcommand 'drawe'. Did you mean 'draw'?")
    #expect(complaint("rdaw f") == "Unknown subcommand 'rdaw'. Did you mean 'draw'?")
    #expect(complaint("rdwa f") == "Unknown subcommand 'rdwa'.")
  }
}
