import ArgumentParsing
import CommandConsole
import ProtobufSchema

/// `wirebench conformance-testee`
enum ConformanceCommand {
  static let table = Command(
    "conformance-testee",
    abstract: "Be the program that protobuf's conformance runner tests.",
    discussion: [
      "Reads requests on standard input and writes answers on standard output, each behind its length in "
        + "four bytes, until the input ends. The messages are read from .proto files when it starts."
    ],
    examples: [
      Example(
        "Let the official runner test the codec",
        "conformance_test_runner --enforce_recommended wirebench conformance-testee --proto-path src"
      )
    ],
    options: [
      ProtoDirectories.option
    ],
    operands: [
      Operand(
        "file", .any, "The .proto files to load; by default those of the suite that are there.")
    ])

  /// The suite's files, by the names they have in its repository and where it is installed.
  private static let files = [
    "google/protobuf/test_messages_proto2.proto",
    "google/protobuf/test_messages_proto3.proto",
    "editions/golden/test_messages_proto2_editions.proto",
    "editions/golden/test_messages_proto3_editions.proto",
    "google/protobuf/editions/golden/test_messages_proto2_editions.proto",
    "google/protobuf/editions/golden/test_messages_proto3_editions.proto",
    "conformance/test_protos/test_messages_edition2023.proto",
    "test_protos/test_messages_edition2023.proto",
  ]

  /// Enough for every message of the suite.
  private static let sizeLimit = 64 << 20

  @Sendable static func run(_ command: ParsedCommand, _ context: CommandContext) async throws {
    let testee = ConformanceTestee(schema: try schema(command))
    while let header = try StandardStreams.read(4) {
      let size = header.reversed().reduce(0) { $0 << 8 | Int($1) }
      guard size <= sizeLimit, let request = try StandardStreams.read(size) else {
        throw CommandFailure.system("a request of \(size) bytes is too long, or is cut off")
      }
      let answer = try testee.answer(request)
      let length = UInt32(answer.count)
      try StandardStreams.write(
        (0..<4).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) } + answer)
    }
  }

  private static func schema(_ command: ParsedCommand) throws -> Schema {
    let source = ProtoDirectories(command)
    let names = command.operands.isEmpty ? files.filter(source.contains) : command.operands
    guard !names.isEmpty else {
      throw CommandFailure.system(
        "no .proto file of the suite is in \(source.directories.joined(separator: ", "))",
        hint: "--proto-path is the directory that has google/protobuf/test_messages_proto3.proto.")
    }
    return try source.schema(of: names)
  }
}
