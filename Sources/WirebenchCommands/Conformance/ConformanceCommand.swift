import ArgumentParsing
import CommandConsole
import Glibc
import LocalFiles
import ProtobufSchema
import ProtobufWire

/// `wirebench conformance-testee`
enum ConformanceCommand {
  static let table = Command(
    "conformance-testee",
    abstract: "Be the program that protobuf's conformance runner tests.",
    discussion: [
      "Reads requests on standard input and writes answers on standard output, each behind its length in "
        + "four bytes, until the input ends. The messages are read from .proto files when it starts. "
        + "The text format is skipped."
    ],
    examples: [
      Example(
        "Let the official runner test the codec",
        "conformance_test_runner --enforce_recommended wirebench conformance-testee --proto-path src"
      )
    ],
    options: [
      Option(
        "proto-path", .values(.init("directory", isRequired: true)),
        "Where .proto files are; several are searched in turn.")
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
    while let header = try Self.read(4) {
      let size = header.reversed().reduce(0) { $0 << 8 | Int($1) }
      guard size <= sizeLimit, let request = try Self.read(size) else {
        throw CommandFailure.system("a request of \(size) bytes is too long, or is cut off")
      }
      let answer = try testee.answer(request)
      let length = UInt32(answer.count)
      try write((0..<4).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) } + answer)
    }
  }

  private static func schema(_ command: ParsedCommand) throws -> Schema {
    let directories = command.values("proto-path")
    func text(_ name: String) -> [UInt8]? {
      for directory in directories {
        if let text = try? FileText.read(path: "\(directory)/\(name)", limit: sizeLimit) {
          return text
        }
      }
      return nil
    }
    let names = command.operands.isEmpty ? files.filter { text($0) != nil } : command.operands
    guard !names.isEmpty else {
      throw CommandFailure.system(
        "no .proto file of the suite is in \(directories.joined(separator: ", "))",
        hint: "--proto-path is the directory that has google/protobuf/test_messages_proto3.proto.")
    }
    var loader = ProtoLoader(source: text)
    do {
      for name in names { try loader.load(name) }
    } catch {
      throw CommandFailure.system("\(error)")
    }
    return loader.schema
  }

  /// That many bytes of standard input; nil when it ends before the first.
  private static func read(_ count: Int) throws(CommandFailure) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: count)
    var filled = 0
    while filled < count {
      // No more than fits behind what is filled.
      let got = unsafe bytes.withUnsafeMutableBytes { buffer in
        unsafe Glibc.read(STDIN_FILENO, buffer.baseAddress?.advanced(by: filled), count - filled)
      }
      if got < 0, errno == EINTR { continue }
      guard got >= 0 else { throw CommandFailure.system("cannot read standard input") }
      guard got > 0 else {
        guard filled == 0 else { throw CommandFailure.system("the input ends inside a request") }
        return nil
      }
      filled += got
    }
    return bytes
  }

  private static func write(_ bytes: [UInt8]) throws(CommandFailure) {
    var written = 0
    while written < bytes.count {
      // No more than is left behind what is written.
      let put = unsafe bytes.withUnsafeBytes { buffer in
        unsafe Glibc.write(
          STDOUT_FILENO, buffer.baseAddress?.advanced(by: written), bytes.count - written)
      }
      if put < 0, errno == EINTR { continue }
      guard put > 0 else { throw CommandFailure.system("cannot write standard output") }
      written += put
    }
  }
}
