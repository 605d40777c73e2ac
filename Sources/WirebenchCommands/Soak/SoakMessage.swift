import GRPCCall
import GRPCTransport
import ProtobufWire
import Synchronization

/// What a caller of a soak sends and wants back: who it is, which of its calls it is, and some bytes.
struct SoakMessage: WireMessage, Equatable {
  enum Field: UInt32, WireField {
    case caller = 1
    case call = 2
    case payload = 3
  }

  static let messageName = "wirebench.SoakMessage"
  static let method = MethodDescriptor<SoakMessage, SoakMessage>(
    service: "wirebench.Soak", method: "Repeat", kind: .unary)

  var caller: UInt32 = 0
  var call: UInt32 = 0
  var payload: [UInt8] = []
  var unknownFields = UnknownFields()

  init() {}

  /// A message that no other call of the run has: its bytes follow from its number.
  init(caller: Int, call: UInt32) {
    self.caller = UInt32(clamping: caller)
    self.call = call
    let size = Int((call &* 2_654_435_761) >> 20)
    payload = (0..<size).map { UInt8(truncatingIfNeeded: $0 &+ Int(call) &+ caller) }
  }

  mutating func decode(
    _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) -> Bool {
    switch field {
    case .caller: try reader.read(.uint32, &caller, bytes)
    case .call: try reader.read(.uint32, &call, bytes)
    case .payload: try reader.read(.bytes, &payload, bytes)
    }
  }

  func encodeFields(into writer: inout WireWriter) {
    writer.write(.uint32, caller, Field.caller)
    writer.write(.uint32, call, Field.call)
    writer.write(.bytes, payload, Field.payload)
  }
}
