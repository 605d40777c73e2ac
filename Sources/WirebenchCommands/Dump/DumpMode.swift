/// A form of `wiredump`'s output, and what comes nearest to it of tshark's.
enum DumpMode: String, CaseIterable {
  case text, oneline, hex, json, strict

  /// How both are called with a capture whose server is at port 80.
  func arguments(_ file: String) -> (wiredump: [String], tshark: [String]) {
    let reading = ["-r", file, "-d", "tcp.port==80,http2"]
    return switch self {
    case .text: ([file], reading + ["-V"])
    case .oneline: (["--oneline", file], reading + Self.fields)
    case .hex: (["--format", "hex", file], reading + ["-V", "-x"])
    case .json: (["--format", "json", file], reading + ["-T", "json", "--no-duplicate-keys"])
    case .strict: (["--strict", file], reading + ["-V"])
    }
  }

  private static let fields =
    ["-T", "fields"]
    + [
      "frame.time_relative", "http2.type", "http2.flags", "http2.streamid", "http2.length",
      "http2.header.name", "http2.header.value", "grpc.message_length", "protobuf.field.number",
    ].flatMap { ["-e", $0] }

  /// What is run of tshark, for people.
  var counterpart: String {
    switch self {
    case .text, .strict: "-V"
    case .oneline: "-T fields"
    case .hex: "-V -x"
    case .json: "-T json"
    }
  }
}
