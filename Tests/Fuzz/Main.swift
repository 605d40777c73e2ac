import Glibc

/// What libFuzzer calls with each input; FUZZ_TARGET says which target takes it.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  // libFuzzer owns the bytes until this returns; they are copied first.
  let bytes = unsafe Array(UnsafeBufferPointer(start: data, count: count))
  selected(bytes)
  return 0
}

/// libFuzzer's own loop.
@_silgen_name("LLVMFuzzerRunDriver")
private func runFuzzer(
  _ count: UnsafeMutablePointer<CInt>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
  _ fuzzOne: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

/// The package manager links an executable's main function by this name.
@_cdecl("fuzz_main")
public func fuzzMain(
  _ count: CInt, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> CInt {
  var (count, arguments) = unsafe (count, arguments)
  // Both outlive the call, which is given their addresses.
  return unsafe runFuzzer(&count, &arguments) { unsafe fuzzOneInput($0, $1) }
}

typealias FuzzTarget = @Sendable ([UInt8]) -> Void

let targets: [String: FuzzTarget] = [
  "frames": DumpTargets.frames,
  "hpack": DumpTargets.headerBlocks,
  "grpc": DumpTargets.framedMessages,
  "protobuf": DumpTargets.messages,
  "hextext": DumpTargets.hexText,
  "filter": DumpTargets.filter,
  "capture": CaptureTargets.file,
  "tcp": CaptureTargets.segments,
  "tls": CaptureTargets.records,
  "messages": MessageTargets.authMessages,
  "proto": MessageTargets.protoFile,
  "protojson": MessageTargets.json,
  "textformat": MessageTargets.textFormat,
  "deframer": TransportTargets.deframer,
  "session": TransportTargets.session,
  "credentials": TransportTargets.credentials,
  "clientframes": FrameTargets.clientFrames,
  "serverframes": FrameTargets.serverFrames,
  "calls": CallTargets.calls,
  "tlspeers": TLSTargets.connections,
  "commands": CommandTargets.lines,
  "state": FileTargets.state,
  "httprequests": HTTPTargets.requests,
  "events": HTTPTargets.events,
  "urls": StoreTargets.urls,
  "answers": StoreTargets.answers,
  "storemessages": MessageTargets.storeMessages,
]

private let selected: FuzzTarget = {
  // Nothing else changes the environment of this process.
  let name = unsafe getenv("FUZZ_TARGET").map { unsafe String(cString: $0) } ?? ""
  guard let target = targets[name] else {
    print("FUZZ_TARGET has to be one of: \(targets.keys.sorted().joined(separator: " "))")
    exit(64)
  }
  return target
}()

/// Ends the process, so that libFuzzer keeps the input, if something does not hold.
func require(_ condition: Bool, _ what: @autoclosure () -> String) {
  guard !condition else { return }
  print("does not hold: \(what())")
  // Aborting leaves what is in the buffers where it is.
  fflush(nil)
  abort()
}
