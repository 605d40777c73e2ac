import MomentoAuthMessages
import ProtobufSchema
import TLSSession
import WireCaptureModel

@testable import WireDump

/// The layers of `wiredump`, from frames to protobuf.
enum DumpTargets {
  /// Stands where only a secret may stand; no input is likely to hold it.
  static let secret = "q7Zk-synthetic-credential-91xP"

  static let schema: Schema = {
    var loader = ProtoLoader { name in MomentoProtos.texts[name].map { Array($0.utf8) } }
    for name in MomentoProtos.texts.keys.sorted() {
      do { try loader.load(name) } catch { require(false, "\(name) loads: \(error)") }
    }
    return loader.schema
  }()

  static func context(reveals: Bool = false, guesses: Bool = true, hasSchema: Bool = true)
    -> DumpContext
  {
    DumpContext(
      schema: hasSchema ? schema : nil, redactor: Redactor(reveals: reveals) { Crypto.sha256($0) },
      guesses: guesses, showsTables: true)
  }

  private static let hidden = context()
  private static let shown = context(reveals: true)
  private static let unguessed = context(guesses: false)
  private static let schemaless = context(hasSchema: false)

  /// Both directions of a connection, in pieces: each begins with a byte whose lowest bit is the
  /// direction and whose other bits are its length. The client's bytes begin with a request that
  /// carries a secret, which nothing that follows may bring to light.
  static func frames(_ input: [UInt8]) {
    let opening = FrameScanner.preface + frame(4, 0, 0, []) + frame(1, 4, 1, request)
    for (context, text) in [(hidden, secret), (shown, "")] {
      var dump = Dump(context, AccountingOutput(secret: text))
      var counts: [CaptureDirection: Int] = [.clientToServer: opening.count]
      dump.receive(CapturedBytes(direction: .clientToServer, offset: 0, bytes: opening))
      var position = 0
      while position < input.count {
        let direction: CaptureDirection =
          input[position] & 1 == 0 ? .clientToServer : .serverToClient
        let end = min(input.count, position + 2 + Int(input[position] >> 1))
        let bytes = Array(input[(position + 1)..<end])
        dump.receive(
          CapturedBytes(
            direction: direction, time: UInt64(position), offset: UInt64(counts[direction] ?? 0),
            bytes: bytes))
        counts[direction, default: 0] += bytes.count
        position = end
      }
      dump.finish()
      for (direction, count) in counts {
        require(
          dump.output.counts[direction] ?? 0 == count,
          "\(count) bytes of the \(direction.name), \(dump.output.counts[direction] ?? 0) explained"
        )
      }
    }
  }

  private static let request: [UInt8] = {
    var block: [UInt8] = [0x83, 0x86]
    for (name, value) in [
      (":path", "/token.Token/GenerateDisposableToken"), ("content-type", "application/grpc"),
      ("te", "trailers"), ("authorization", secret),
    ] {
      block += [0x40, UInt8(name.utf8.count)] + Array(name.utf8)
      block += [UInt8(value.utf8.count)] + Array(value.utf8)
    }
    return block
  }()

  private static func frame(_ type: UInt8, _ flags: UInt8, _ stream: UInt8, _ payload: [UInt8])
    -> [UInt8]
  {
    [0, UInt8(payload.count >> 8), UInt8(payload.count & 0xff), type, flags, 0, 0, 0, stream]
      + payload
  }

  /// Header blocks, each behind a byte that is its length: fields stand one behind the other, and the
  /// table keeps to its size.
  static func headerBlocks(_ input: [UInt8]) {
    var decoder = HeaderDecoder()
    decoder.sizeLimit = 4096
    var position = 0
    while position < input.count {
      let range = (position + 1)..<min(input.count, position + 1 + Int(input[position]))
      let block = decoder.decode(input.span, range)
      var end = range.lowerBound
      for field in block.fields {
        require(field.range.lowerBound == end && !field.range.isEmpty, "fields without gaps")
        end = field.range.upperBound
      }
      require(block.failure ?? range.upperBound == end, "all of the block is told")
      let table = decoder.table
      require(table.size <= table.capacity, "\(table.size) in \(table.capacity)")
      require(table.size == table.entries.reduce(0) { $0 + $1.size }, "the size of all entries")
      _ = HeaderItems(redactor: Redactor { Crypto.sha256($0) }).items(of: block, input.span, range)
      position = range.upperBound
    }
  }

  /// Messages behind their prefixes, as they are, and behind one with credentials.
  static func framedMessages(_ input: [UInt8]) {
    for context in [hidden, shown, schemaless] {
      explain(context, input, isFramed: true, type: nil, secret: "")
    }
    let name = "auth._GenerateApiTokenResponse"
    let message = credentials + input
    let length = message.count
    let prefix: [UInt8] = [
      0, 0, UInt8(length >> 16 & 0xff), UInt8(length >> 8 & 0xff), UInt8(length & 0xff),
    ]
    explain(hidden, prefix + message, isFramed: true, type: name, secret: secret)
  }

  /// A message: with and without a schema, with and without guessing.
  static func messages(_ input: [UInt8]) {
    for context in [hidden, shown, unguessed, schemaless] {
      explain(context, input, isFramed: false, type: nil, secret: "")
    }
    for type in ["auth._LoginResponse", "token._GenerateDisposableTokenRequest"] {
      explain(shown, input, isFramed: false, type: type, secret: "")
    }
    explain(
      hidden, credentials + input, isFramed: false, type: "auth._GenerateApiTokenResponse",
      secret: secret)
  }

  private static let credentials = [0x0a, UInt8(secret.utf8.count)] + Array(secret.utf8)

  private static func explain(
    _ context: DumpContext, _ input: [UInt8], isFramed: Bool, type: String?, secret: String
  ) {
    var output = AccountingOutput(secret: secret)
    if isFramed {
      var messages = FramedMessages(context, output, type: type)
      messages.receive(input)
      messages.finish()
      output = messages.output
    } else {
      var dump = Dump(context, output)
      dump.explain(message: input, type: type)
      output = dump.output
    }
    let count = output.counts[.clientToServer] ?? 0
    require(
      count == input.count || count < input.count && isFramed && output.hasLeftOut,
      "every byte is explained, or it is told which are not")
  }

  /// Hexadecimal text: no more bytes than digits; what is written as digits is read back.
  static func hexText(_ input: [UInt8]) {
    if let bytes = HexText.parse(input.span) {
      require(bytes.count <= input.count / 2 + 1, "\(bytes.count) bytes of \(input.count)")
    }
    _ = InputKind.detect(input.span)
    guard !input.isEmpty else { return }
    require(HexText.parse(Array(Hex.text(input).utf8).span) == input, "digits are read back")
  }

  /// A filter: an error is within the text; what is read decides about every frame once calls are over.
  static func filter(_ input: [UInt8]) {
    let text = String(decoding: input, as: UTF8.self)
    let filter: FrameFilter
    do {
      filter = try FrameFilter(text)
    } catch {
      require(error.offset <= text.utf8.count, "\(error.offset) in \(text.utf8.count) bytes")
      _ = error.shown(in: text)
      return
    }
    let record = CallRecord(connection: 0, stream: 1, path: "/a.B/C", status: "NOT_FOUND")
    var call = CallFacts()
    call.take(record)
    require(filter.admits(FrameFacts(record), of: call) != nil, "a call that is over is decided")
  }
}
