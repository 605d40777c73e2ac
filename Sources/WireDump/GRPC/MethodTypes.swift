package import ProtobufSchema

/// The messages of methods, by the paths of calls.
package struct MethodTypes: Sendable {
  private var types: [String: (request: MessageDescriptor?, response: MessageDescriptor?)] = [:]

  package init(_ schema: Schema?) {
    guard let schema else { return }
    for file in schema.files {
      let package = file.package.map { $0.isEmpty ? "" : $0 + "." } ?? ""
      for service in file.services {
        for method in service.methods {
          let path = "/\(package)\(service.name ?? "")/\(method.name ?? "")"
          types[path] = (
            Self.message(schema, method.inputType), Self.message(schema, method.outputType)
          )
        }
      }
    }
  }

  private static func message(_ schema: Schema, _ name: String?) -> MessageDescriptor? {
    name.flatMap { schema.message(named: $0.hasPrefix(".") ? String($0.dropFirst()) : $0) }
  }

  /// All of them, in the order of their names.
  var messages: [MessageDescriptor] {
    let all = types.values.flatMap { [$0.request, $0.response] }.compactMap(\.self)
    let named = Dictionary(all.map { ($0.fullName, $0) }) { first, _ in first }
    return named.sorted { $0.key < $1.key }.map(\.value)
  }

  subscript(path: String) -> (request: MessageDescriptor?, response: MessageDescriptor?)? {
    types[path]
  }
}
