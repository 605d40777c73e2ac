import ArgumentParsing
import CommandConsole
import MomentoAuthMessages
import ProtobufSchema
import ProtobufWire

/// The messages that are known by name: Momento's, and those of given files.
enum SchemaSource {
  /// `--proto`
  static let protoOption = Option(
    "proto", .values(.init("file")), "A .proto file; imports are looked for beside it.")
  /// `--proto-set`
  static let setOption = Option(
    "proto-set", .values(.init("file")),
    "A google.protobuf.FileDescriptorSet, as protoc --descriptor_set_out and buf build write it.")

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
    try addMomento(to: &loader)
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

  /// Momento's own files, but for those of which a given file declares all that methods take and return:
  /// with a message that is not known, its secrets would be shown.
  private static func addMomento(to loader: inout ProtoLoader) throws {
    for name in MomentoProtos.texts.keys.sorted() {
      var extended = loader
      do {
        try extended.load(name)
        loader = extended
      } catch {
        guard try declaresAll(of: name, loader.schema) else {
          throw CommandFailure(
            "BAD_SCHEMA", "a given file has names of Momento's \(name): \(error)",
            hint: "Give a file that has all of them, or one in another package.",
            exitCode: .invalid)
        }
      }
    }
  }

  /// Whether a schema has the messages of the methods of one of Momento's files.
  private static func declaresAll(of name: String, _ schema: Schema) throws -> Bool {
    var loader = ProtoLoader { MomentoProtos.texts[$0].map { Array($0.utf8) } }
    try loader.load(name)
    let services = loader.schema.files.flatMap(\.services)
    return services.flatMap(\.methods).allSatisfy { method in
      [method.inputType, method.outputType].allSatisfy { type in
        schema.message(named: String((type ?? "").drop { $0 == "." })) != nil
      }
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
