import GRPCCall
import GRPCTransport
import ProtobufWire

/// A message for tests: some bytes and a number.
struct EchoMessage: WireMessage {
  enum Field: UInt32, WireField {
    case payload = 1
    case number = 2
  }

  static let messageName = "test.EchoMessage"
  var payload: [UInt8] = []
  var number: UInt32 = 0
  var unknownFields = UnknownFields()

  init() {}

  init(_ payload: [UInt8] = [], number: UInt32 = 0) {
    self.payload = payload
    self.number = number
  }

  mutating func decode(
    _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) -> Bool {
    switch field {
    case .payload: try reader.read(.bytes, &payload, bytes)
    case .number: try reader.read(.uint32, &number, bytes)
    }
  }

  func encodeFields(into writer: inout WireWriter) {
    writer.write(.uint32, number, Field.number)
    writer.write(.bytes, payload, Field.payload)
  }
}

/// The methods of the test service, one of each kind and some that fail.
enum EchoMethods {
  typealias Method = MethodDescriptor<EchoMessage, EchoMessage>

  static let unary = Method(service: "test.Echo", method: "Unary", kind: .unary)
  static let fail = Method(service: "test.Echo", method: "Fail", kind: .unary)
  static let wait = Method(service: "test.Echo", method: "Wait", kind: .unary)
  static let count = Method(service: "test.Echo", method: "Count", kind: .serverStreaming)
  static let sum = Method(service: "test.Echo", method: "Sum", kind: .clientStreaming)
  static let chat = Method(service: "test.Echo", method: "Chat", kind: .bidirectionalStreaming)
  static let missing = Method(service: "test.Echo", method: "Missing", kind: .unary)
}

/// Answers ``EchoMethods``.
struct EchoService: GRPCService {
  /// Told when a `Wait` call has begun, and when it was cancelled.
  let waitBegan = Signal()
  let waitCancelled = Signal()

  func register(in router: inout Router) {
    router.unary(EchoMethods.unary) { request, context in
      ServerResponse(request, metadata: Self.echoed(context.metadata), trailers: ["x-end": "yes"])
    }
    router.unary(EchoMethods.fail) { _, _ in
      throw RPCStatusError(
        .permissionDenied, "no: 100% – Grüße\n", trailers: ["err": "operations_rate"])
    }
    router.unary(EchoMethods.wait) { [waitBegan, waitCancelled] request, _ in
      waitBegan.raise()
      try await withTaskCancellationHandler {
        try await Task.sleep(for: .seconds(3_600))
      } onCancel: {
        waitCancelled.raise()
      }
      return ServerResponse(request)
    }
    router.serverStreaming(EchoMethods.count) { request, writer, _ in
      for number in 0..<request.number {
        try await writer.send(EchoMessage(request.payload, number: number))
      }
      return ["x-end": "yes"]
    }
    router.clientStreaming(EchoMethods.sum) { requests, _ in
      var sum = EchoMessage()
      for try await request in requests {
        sum.number += request.number
        sum.payload += request.payload
      }
      return ServerResponse(sum)
    }
    router.bidirectionalStreaming(EchoMethods.chat) { requests, writer, _ in
      for try await request in requests { try await writer.send(request) }
      return [:]
    }
  }

  private static func echoed(_ metadata: Metadata) -> Metadata {
    var echo = Metadata()
    if let text = metadata.first("x-text") { try? echo.add("x-text", text) }
    if let bytes = metadata.binary("x-bytes-bin") { try? echo.addBinary("x-bytes-bin", bytes) }
    return echo
  }
}
