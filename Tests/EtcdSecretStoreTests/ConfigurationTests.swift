import GRPCCall
import GRPCTransport
import MomentoAuth
import SecretStores
import Testing

@testable import EtcdSecretStore

@Suite struct ConfigurationTests {
  private func configuration(
    _ query: String, environment: [String: String] = [:]
  ) throws -> EtcdConfiguration {
    try EtcdConfiguration(url: StoreURL(parsing: "etcd:key?" + query), environment: environment)
  }

  private func expectMisconfigured(_ query: String, _ word: String) {
    let error = #expect(throws: SecretStoreError.self) { try configuration(query) }
    #expect(error?.kind == .misconfigured)
    #expect(error?.description.contains(word) == true)
  }

  @Test func endpointsAreHostsWithPorts() throws {
    #expect(try configuration("").endpoints == [.host("127.0.0.1", port: 2379)])
    #expect(
      try configuration("endpoints=a:1,b,[::1]:2,[::1]&tls=true").endpoints == [
        .host("a", port: 1), .host("b", port: 2379), .host("::1", port: 2),
        .host("::1", port: 2379),
      ])
    expectMisconfigured("endpoints=http://a:1", "endpoint")
    expectMisconfigured("endpoints=a:0", "endpoint")
  }

  @Test func aSecretDoesNotLeaveTheMachineUnencryptedUnlessToldSo() throws {
    expectMisconfigured("endpoints=etcd.example:2379", "unencrypted")
    expectMisconfigured("endpoints=localhost:1,etcd.example:2379", "unencrypted")
    _ = try configuration("endpoints=etcd.example:2379&tls=false")
    _ = try configuration("endpoints=etcd.example:2379&tls=true")
    _ = try configuration("endpoints=localhost:2379,127.0.0.2:1,[::1]:2")
  }

  @Test func optionsThatDoNotFitTogetherAreRefused() {
    expectMisconfigured("ca-file=ca.pem", "tls=true")
    expectMisconfigured("tls=true&cert-file=a.pem", "key-file")
    expectMisconfigured("tls=true&cert-file=/missing&key-file=/missing", "/missing")
    expectMisconfigured("usr=root", "usr")
    expectMisconfigured("user=root", "ETCD_PASSWORD")
  }

  @Test func thePasswordIsNeverShown() throws {
    let made = try configuration("user=root", environment: ["ETCD_PASSWORD": "hunter2"])
    #expect(made.user?.password.reveal() == "hunter2")
    #expect(!"\(made)".contains("hunter2"))
  }
}

@Suite struct FailureTests {
  private func failure(
    _ code: StatusCode, _ message: String = "", delivery: Delivery = .answered,
    changes: Bool = true
  ) -> EtcdFailure {
    EtcdFailure(
      error: RPCError(status: Status(code, message), fault: .peer, delivery: delivery),
      location: StoreLocation(scheme: "etcd", name: "k"), operation: "Txn", changes: changes)
  }

  @Test func aMemberThatGivesUpMayHaveHandedTheChangeOn() {
    let late = failure(.unavailable, "etcdserver: request timed out")
    #expect(late.storeError.delivery == .unknown)
    #expect(!late.mayBeRepeatedElsewhere)
    #expect(failure(.unavailable, "late", changes: false).mayBeRepeatedElsewhere)
    let early = failure(.unavailable, "etcdserver: no leader")
    #expect(early.storeError.delivery == .refused)
    #expect(early.mayBeRepeatedElsewhere)
    #expect(failure(.unavailable, delivery: .notSent).mayBeRepeatedElsewhere)
    #expect(!failure(.deadlineExceeded, delivery: .unknown).mayBeRepeatedElsewhere)
  }

  @Test func whatEtcdSaysIsUnderstood() {
    let full = failure(.resourceExhausted, "etcdserver: mvcc: database space exceeded")
    #expect(full.storeError.kind == .unavailable)
    #expect(
      failure(.resourceExhausted, "etcdserver: too many requests").storeError.kind
        == .throttled(retryAfter: nil))
    #expect(failure(.permissionDenied).storeError.kind == .denied)
    #expect(
      failure(.invalidArgument, "etcdserver: request is too large").storeError.kind == .tooLarge)
    #expect(
      failure(.invalidArgument, "etcdserver: user name is empty").storeError.kind
        == .unauthenticated)
    #expect(failure(.unauthenticated, "etcdserver: invalid auth token").wantsNewToken)
    #expect(!failure(.permissionDenied).mayBeRepeatedElsewhere)
  }
}
