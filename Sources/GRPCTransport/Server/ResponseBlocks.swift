import GRPCCall
import HTTP2Session

/// Header blocks that most answers share.
enum ResponseBlocks {
  private static let initial = SubmittableHeaders(ResponseHeaders.initial())
  private static let ok = SubmittableHeaders(ResponseHeaders.trailers(.ok))

  static func initial(_ metadata: Metadata) -> SubmittableHeaders {
    metadata.isEmpty ? initial : SubmittableHeaders(ResponseHeaders.initial(metadata: metadata))
  }

  static func trailers(_ status: Status, _ trailers: Metadata) -> SubmittableHeaders {
    if status.code == .ok, status.message.isEmpty, status.details.isEmpty, trailers.isEmpty {
      return ok
    }
    return SubmittableHeaders(ResponseHeaders.trailers(status, metadata: trailers))
  }
}
