import ArgumentParsing
import CommandConsole
import LocalFiles
import ProtobufSchema
import ProtobufWire

/// `wirebench dynamic-codec`
enum DynamicCodecCommand {
  static let table = Command(
    "dynamic-codec",
    abstract: "Measure how a message is read and written with a schema that is read at run time.",
    discussion: [
      "Times the message of a file: decoding and encoding its binary form, reading and writing its JSON "
        + "form. The figures are medians, in nanoseconds of CPU time. Tests/Peers/protobuf_dynamic.py "
        + "does the same with PyPI's protobuf and compares."
    ],
    examples: [
      Example(
        "A message that is stored in a file",
        "wirebench dynamic-codec --proto-path Protos --message auth._LoginRequest --data login.bin "
          + "auth.proto")
    ],
    options: [
      ProtoDirectories.option,
      Option(
        "message", .value(.init("name", isRequired: true)), "The full name of the message's type."),
      Option(
        "data", .value(.init("file", isRequired: true)), "The message in its binary form."),
      .json,
    ],
    operands: [Operand("file", .one, "The .proto file that has the type.")])

  private static let sizeLimit = 64 << 20

  @Sendable static func run(_ command: ParsedCommand, _ context: CommandContext) async throws {
    let schema = try ProtoDirectories(command).schema(of: command.operands)
    let name = command.value("message") ?? ""
    guard let type = schema.message(named: name) else {
      throw CommandFailure.system("no loaded file has the message \(name)")
    }
    let path = command.value("data") ?? ""
    let bytes: [UInt8]
    do {
      bytes = try FileText.read(path: path, limit: sizeLimit)
    } catch {
      throw CommandFailure.system("cannot read \(path): \(error)")
    }
    let times = try measure(bytes, type, schema)
    if command.flag("json") {
      var object = JSONObject()
      for (way, time) in times { object.add(way, .literal(time, decimals: 1)) }
      return try context.print("\(object)")
    }
    var lines = Rows()
    for (way, time) in times { lines.add(way, "\(time.fixed(0)) ns".leftPadded(to: 10)) }
    try context.print(lines.lines(context.style))
  }

  private static func measure(
    _ bytes: [UInt8], _ type: MessageDescriptor, _ schema: Schema
  ) throws -> [(way: String, nanoseconds: Double)] {
    let timer = CodecTimer(allocationCount: { 0 })
    let message = try DynamicMessage(decoding: bytes, type, of: schema)
    let json = Array(try message.json().utf8)
    return [
      (
        "decode",
        try timer.nanoseconds { () throws(WireError) in
          _ = try DynamicMessage(decoding: bytes, type, of: schema)
        }
      ),
      ("encode", try timer.nanoseconds { () throws(WireError) in _ = try message.encoded() }),
      (
        "from JSON",
        try timer.nanoseconds { () throws(JSONError) in
          _ = try DynamicMessage(json: json, type, of: schema)
        }
      ),
      ("to JSON", try timer.nanoseconds { () throws(JSONError) in _ = try message.json() }),
    ]
  }
}
