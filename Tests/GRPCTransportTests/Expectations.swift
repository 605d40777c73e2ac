import GRPCCall
import GRPCTransport
import Testing

/// Every call has left the queue and its stream.
func expectNothingLeft(
  of channel: Channel, sourceLocation: SourceLocation = #_sourceLocation
) {
  let metrics = channel.metrics
  #expect(metrics.callsWaiting == 0, sourceLocation: sourceLocation)
  #expect(metrics.callsOnStreams == 0, sourceLocation: sourceLocation)
  #expect(metrics.callsBackingOff == 0, sourceLocation: sourceLocation)
}

/// How a stream ends: nil for OK.
func failure(of stream: ResponseStream<EchoMessage>) async -> RPCError? {
  await rpcError { for try await _ in stream {} }
}
