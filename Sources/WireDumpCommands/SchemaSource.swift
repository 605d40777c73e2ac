import CommandConsole
import MomentoAuthMessages
import ProtobufSchema

/// The messages that are known by name: Momento's, and those of given files.
enum SchemaSource {
  static func schema(_ paths: [String]) throws -> Schema {
    var loader = ProtoLoader { name in
      for path in paths {
        if path == name { return try? InputSource.file(path) }
        let directory = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
        let sibling = (directory + [Substring(name)]).joined(separator: "/")
        if let text = try? InputSource.file(sibling) { return text }
      }
      return MomentoProtos.texts[name].map { Array($0.utf8) }
    }
    do {
      for path in paths {
        // Said here, because the loader only knows that there is none.
        _ = try InputSource.file(path)
        try loader.load(path)
      }
      for name in MomentoProtos.texts.keys.sorted() { try loader.load(name) }
    } catch let error as SchemaError {
      throw CommandFailure(
        "BAD_SCHEMA", "\(error)", hint: "Correct the .proto file, or leave it out.",
        exitCode: .invalid)
    }
    return loader.schema
  }
}
