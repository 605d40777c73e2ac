import CommandConsole
import LocalFiles
import WireDump

/// The bytes that a command is to look at.
enum InputSource {
  /// 2 GiB: the whole input is in memory.
  private static let limit = 1 << 31

  /// The bytes of a file, or of standard input.
  static func text(_ name: String, _ context: CommandContext) throws -> [UInt8] {
    try name == "-" ? standardInput(context) : file(name)
  }

  private static func standardInput(_ context: CommandContext) throws -> [UInt8] {
    guard let bytes = context.readStandardInput(limit) else {
      throw CommandFailure(
        "INPUT_TOO_LARGE", "standard input has more than \(limit) bytes", exitCode: .invalid)
    }
    return bytes
  }

  static func file(_ path: String) throws -> [UInt8] {
    do {
      return try FileText.read(path: path, limit: limit)
    } catch {
      throw CommandFailure(
        "NO_INPUT", "\(error)", hint: "Give a file, or - for standard input.", exitCode: .noInput)
    }
  }
}
