import Foundation
import ProtobufSchema
import TestSupport
import Testing

/// `.proto` files to load, and where they and what they import lie.
struct SchemaFiles: Sendable, CustomTestStringConvertible {
  let names: [String]
  let directories: [String]

  /// - Parameter directories: relative ones are in the directory of fixtures.
  init(_ names: [String], in directories: String...) {
    self.names = names
    self.directories = directories.map { $0.hasPrefix("/") ? $0 : fixture($0).path }
  }

  var testDescription: String { names.joined(separator: ", ") }

  func schema(withSourceInfo: Bool = false) throws -> Schema {
    var loader = ProtoLoader(keepsSourceInfo: withSourceInfo) { name in
      for directory in directories {
        if let text = FileManager.default.contents(atPath: directory + "/" + name) {
          return [UInt8](text)
        }
      }
      return nil
    }
    for name in names { try loader.load(name) }
    return loader.schema
  }

  func load(withSourceInfo: Bool = false) throws -> FileSet {
    var set = FileSet()
    set.files = try schema(withSourceInfo: withSourceInfo).files
    return set
  }

  /// What protobuf's own compiler writes for the same files; nil where it is not installed.
  func described(withSourceInfo: Bool = false) throws -> [UInt8]? {
    let compiler = "/usr/bin/protoc"
    guard FileManager.default.isExecutableFile(atPath: compiler) else { return nil }
    let directory = try TestDirectory()
    let output = directory.path + "/set.bin"
    let process = Process()
    process.executableURL = URL(filePath: compiler)
    process.arguments =
      directories.map { "-I" + $0 } + ["--include_imports", "--descriptor_set_out=" + output]
      + (withSourceInfo ? ["--include_source_info"] : []) + names
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw CocoaError(.executableLoad) }
    return [UInt8](try Data(contentsOf: URL(filePath: output)))
  }
}
