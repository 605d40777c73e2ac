import ArgumentParsing
import CommandConsole
import ProtobufSchema
import ProtobufWire

/// `wirebench describe`
enum DescribeCommand {
  static let table = Command(
    "describe",
    abstract: "Write the descriptors of .proto files, as protobuf's own compiler does.",
    discussion: [
      "Standard output takes a google.protobuf.FileDescriptorSet of the files and all that they import, each "
        + "file behind those that it imports: what protoc --include_imports --retain_options "
        + "--descriptor_set_out writes."
    ],
    examples: [
      Example(
        "Compare the descriptors of a file with those of protoc",
        "wirebench describe --proto-path Protos auth.proto | cmp - auth.bin")
    ],
    options: [
      ProtoDirectories.option,
      Option(
        "include-source-info", .flag, "Say where each declaration stands and what comments it has."),
    ],
    operands: [Operand("file", .any, "A .proto file, as an import would name it.")])

  @Sendable static func run(_ command: ParsedCommand, _ context: CommandContext) async throws {
    guard !command.operands.isEmpty else { throw command.refusal("a .proto file is missing") }
    let schema = try ProtoDirectories(command).schema(
      of: command.operands, withSourceInfo: command.flag("include-source-info"))
    var set = FileSet()
    set.files = schema.files
    try StandardStreams.write(try set.encoded())
  }
}
