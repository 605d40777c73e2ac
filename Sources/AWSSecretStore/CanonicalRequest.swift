import HTTPClient
import MomentoAuth
import SecretStores
import TLSSession

/// A request in the form that both sides hash (AWS Signature Version 4, "Create a canonical
/// request").
struct CanonicalRequest: Sendable, Hashable {
  var method: String
  var target: RequestTarget
  var fields: [HTTPField]
  var bodyHash: String
  /// Whether `.`, `..` and empty segments are taken out of the path; every service but S3.
  var normalizesPath = true

  /// The names of all fields, in order, with `;` between them.
  var signedHeaders: String { merged.map(\.name).joined(separator: ";") }

  /// The lines that are hashed.
  var text: String {
    var lines = [method, path, query]
    lines += merged.map { "\($0.name):\($0.value)" }
    lines += ["", signedHeaders, bodyHash]
    return lines.joined(separator: "\n")
  }

  /// The path of the wire, encoded once more.
  private var path: String {
    let path = normalizesPath ? Self.normalized(target.path) : target.path
    return URIEncoding.encode(path.utf8, keepingSlashes: true)
  }

  private var query: String {
    let pairs = target.query.split(separator: "&").map { pair in
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      return parts.prefix(2).map { URIEncoding.encode(URIEncoding.decode($0)) }
        + (parts.count < 2 ? [""] : [])
    }
    return pairs.sorted { $0.lexicographicallyPrecedes($1, by: Self.precedes) }
      .map { $0.joined(separator: "=") }.joined(separator: "&")
  }

  /// One line a name: values of the same name are joined in the order in which they come.
  private var merged: [HTTPField] {
    var values: [String: [String]] = [:]
    for field in fields { values[field.name.lowercased(), default: []].append(Self.trimmed(field)) }
    return values.sorted { Self.precedes($0.key, $1.key) }
      .map { HTTPField($0.key, $0.value.joined(separator: ",")) }
  }

  /// The value without spaces at its ends, runs of them made one.
  private static func trimmed(_ field: HTTPField) -> String {
    field.value.split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }

  /// By bytes, and not as people sort text.
  private static func precedes(_ left: String, _ right: String) -> Bool {
    left.utf8.lexicographicallyPrecedes(right.utf8)
  }

  private static func normalized(_ path: String) -> String {
    var segments: [Substring] = []
    for segment in path.split(separator: "/") where segment != "." {
      if segment == ".." { _ = segments.popLast() } else { segments.append(segment) }
    }
    guard !segments.isEmpty else { return "/" }
    let endsInSlash = ["/", "/.", "/.."].contains { path.hasSuffix($0) }
    return "/" + segments.joined(separator: "/") + (endsInSlash ? "/" : "")
  }
}
