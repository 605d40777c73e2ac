/// The files of `google/protobuf/` that come with protobuf, without their comments.
///
/// They stand in for files that are not there: a program that reads `.proto` files at run time needs
/// no installed protobuf.
package enum BuiltInFiles {
  private static let texts: [String: String] = [
    "google/protobuf/descriptor.proto": descriptor,
    "google/protobuf/any.proto": any,
    "google/protobuf/api.proto": api,
    "google/protobuf/duration.proto": duration,
    "google/protobuf/empty.proto": empty,
    "google/protobuf/field_mask.proto": fieldMask,
    "google/protobuf/source_context.proto": sourceContext,
    "google/protobuf/struct.proto": structure,
    "google/protobuf/timestamp.proto": timestamp,
    "google/protobuf/type.proto": type,
    "google/protobuf/wrappers.proto": wrappers,
  ]

  /// The text of a file; nil for one that does not come with protobuf.
  package static func text(of name: String) -> [UInt8]? { texts[name].map { Array($0.utf8) } }

  /// The schema of `descriptor.proto`; nil only if its text here had a fault, which tests exclude.
  static let descriptors: Schema? = {
    let name = "google/protobuf/descriptor.proto"
    guard let file = try? ProtoParser.parse(Array(descriptor.utf8), file: name) else { return nil }
    var linker = Linker(bootstrapping: ())
    guard (try? linker.add(file)) != nil else { return nil }
    return linker.schema
  }()
}
