package import ProtobufWire

/// What Secret Manager knows of a secret beside its versions.
package struct GoogleSecret: WireMessage {
  package enum Field: UInt32, WireField {
    case name = 1
    case etag = 8
    case versionAliases = 11
    case annotations = 13
  }

  package static let messageName = "google.cloud.secretmanager.v1.Secret"
  package var name = ""
  /// Another one after each change.
  package var etag = ""
  /// Names of versions.
  package var versionAliases: [MapKey: Int64] = [:]
  /// Texts for any use, of which none may be a secret.
  package var annotations: [MapKey: String] = [:]
  package var unknownFields = UnknownFields()

  package init() {}

  package mutating func decode(
    _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) -> Bool {
    switch field {
    case .name: try reader.read(.string, &name, bytes)
    case .etag: try reader.read(.string, &etag, bytes)
    case .versionAliases: try reader.readMap(.stringKey, .int64, &versionAliases, bytes)
    case .annotations: try reader.readMap(.stringKey, .string, &annotations, bytes)
    }
  }

  package func encodeFields(into writer: inout WireWriter) {
    writer.writeMap(.stringKey, .string, annotations, Field.annotations)
    writer.writeMap(.stringKey, .int64, versionAliases, Field.versionAliases)
    writer.write(.string, etag, Field.etag)
    writer.write(.string, name, Field.name)
  }
}
