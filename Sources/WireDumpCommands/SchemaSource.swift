import CommandConsole
import MomentoAuthMessages
import ProtobufSchema
import ProtobufWire

/// The messages that are known by name: Momento's, and those of given files.
enum SchemaSource {
  /// - Parameters:
  ///   - paths: `.proto` files.
  ///   - sets: files that hold a `google.protobuf.FileDescriptorSet`.
  static func schema(_ paths: [String], sets: [String] = []) throws -> Schema {
    var loader = ProtoLoader { name in text(name, paths) }
    do {
      for path in sets { try add(path, to: &loader) }
      for path in paths {
        // Said here, because the loader only knows that there is none.
        _ = try InputSource.file(path)
        try loader.load(path)
      }
    } catch let error as SchemaError {
      throw CommandFailure(
        "BAD_SCHEMA", "\(error)", hint: "Correct the .proto file, or leave it out.",
        exitCode: .invalid)
    }
    addMomento(to: &loader)
    return loader.schema
  }

  /// The text of a file that was given, or that lies beside one of them, or of one of Momento's.
  private static func text(_ name: String, _ paths: [String]) -> [UInt8]? {
    for path in paths {
      if path == name { return try? InputSource.file(path) }
      let directory = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
      let sibling = (directory + [Substring(name)]).joined(separator: "/")
      if let text = try? InputSource.file(sibling) { return text }
    }
    return MomentoProtos.texts[name].map { Array($0.utf8) }
  }

  /// Momento's own files, but for those whose names a given file has taken.
  private static func addMomento(to loader: inout ProtoLoader) {
    for name in MomentoProtos.texts.keys.sorted() {
      var extended = loader
      if (try? extended.load(name)) != nil { loader = extended }
    }
  }

  private static func add(_ path: String, to loader: inout ProtoLoader) throws {
    let bytes = try InputSource.file(path)
    let hint =
      "Make it with 'protoc --descriptor_set_out=FILE --include_imports', or 'buf build -o FILE.binpb'."
    let set: FileSet
    do {
      set = try FileSet(decoding: bytes)
    } catch {
      throw CommandFailure(
        "BAD_SCHEMA", "\(path) is no FileDescriptorSet: \(error)", hint: hint, exitCode: .invalid)
    }
    guard !set.files.isEmpty, set.files.allSatisfy({ $0.name != nil }) else {
      throw CommandFailure(
        "BAD_SCHEMA", "\(path) is no FileDescriptorSet: it has no files with names", hint: hint,
        exitCode: .invalid)
    }
    do {
      try loader.add(set.files)
    } catch {
      throw CommandFailure("BAD_SCHEMA", "\(path): \(error)", hint: hint, exitCode: .invalid)
    }
  }
}
