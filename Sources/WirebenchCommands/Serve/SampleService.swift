import GRPCTransport
import MomentoAuthMessages

/// Answers every RefreshApiToken with the same key, whatever the request says.
struct SampleService: GRPCService {
  func register(in router: inout Router) {
    router.unary(AuthMethods.refreshApiToken) { _, _ in ServerResponse(SampleCall.response) }
  }
}
