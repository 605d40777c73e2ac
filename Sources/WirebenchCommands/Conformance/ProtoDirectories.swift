import ArgumentParsing
import CommandConsole
import LocalFiles
import ProtobufSchema

/// The directories that a command looks for `.proto` files in.
struct ProtoDirectories: Sendable {
  static let option = Option(
    "proto-path", .values(.init("directory", isRequired: true)),
    "Where .proto files are; several are searched in turn.")

  /// Enough for every file that people write.
  private static let sizeLimit = 64 << 20

  let directories: [String]

  init(_ command: ParsedCommand) { directories = command.values("proto-path") }

  func contains(_ name: String) -> Bool { text(of: name) != nil }

  private func text(of name: String) -> [UInt8]? {
    for directory in directories {
      if let text = try? FileText.read(path: "\(directory)/\(name)", limit: Self.sizeLimit) {
        return text
      }
    }
    return nil
  }

  /// Loads files with all that they import.
  func schema(of names: [String], withSourceInfo: Bool = false) throws(CommandFailure) -> Schema {
    var loader = ProtoLoader(keepsSourceInfo: withSourceInfo, source: text)
    do {
      for name in names { try loader.load(name) }
    } catch {
      throw CommandFailure.system("\(error)")
    }
    return loader.schema
  }
}
