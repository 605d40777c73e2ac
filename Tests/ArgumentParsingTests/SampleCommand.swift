import ArgumentParsing

/// A small tool that has one of everything.
let sample = Command(
  "paint",
  abstract: "Paint pictures.",
  subcommands: [
    Command(
      "draw",
      abstract: "Draw one picture, of the size that is asked for, into the file that is named.",
      discussion: ["A picture is a file.", "  red = 1\n  green = 2"],
      examples: [Example("A red square", "paint draw --size 3 red.png")],
      options: [
        Option("size", letter: "s", .value(.init("pixels", fallback: "10")), "Edge length."),
        Option("shape", .value(.init("shape", choices: ["square", "circle"])), "What to draw."),
        Option("layer", letter: "l", .values(.init("name")), "A layer; may be repeated."),
        Option("color", .invertibleFlag(default: true), "Paint in color."),
        Option("json", letter: "j", .flag, "Answer in JSON."),
        Option("verbose", letter: "v", .flag, "Say more."),
        Option("password", .refused(reason: "Passwords are read from standard input."), ""),
      ],
      operands: [Operand("file", .one, "Where to."), Operand("more", .any, "And also.")],
      sections: [HelpSection("Exit codes", ["0  drawn", "1  not drawn"])]
    ),
    Command(
      "erase", abstract: "Erase.",
      options: [Option("key", .value(.init("name", isRequired: true)), "Which one.")],
      operands: [Operand("file", .optional, "What.")]),
  ],
  version: "1.2.3"
)

/// The parsed command of a line that is right.
func run(_ line: String) throws -> ParsedCommand? {
  guard case .run(let parsed) = try sample.parse(words(line)) else { return nil }
  return parsed
}

/// The message of a line that is wrong.
func complaint(_ line: String) -> String? {
  do throws(UsageError) {
    _ = try sample.parse(words(line))
    return nil
  } catch {
    return error.message
  }
}

func words(_ line: String) -> [String] {
  line.split(separator: " ").map(String.init)
}
