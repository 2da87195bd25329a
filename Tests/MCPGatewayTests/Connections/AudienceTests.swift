import MCPCore
import MCPTestSupport
import MCPValues
import NIOCore
import Testing

@testable import MCPGateway

/// A client that hears, in a test.
private final class Listener: AttachedClient {
    func hear(_ notification: Message) {}
    func serverWasReplaced() {}
}

@Suite struct AudienceTests {
    private let harness = GatewayHarness()
    private let resource = ByteText("mem://a/b")

    @Test("Whoever only hears is never asked, not even as the last who came")
    func onlyHears() throws {
        let session = try harness.open().session
        let leg = try #require(session.legs.first)
        var audience = Audience()
        audience.add(Attachment(client: Listener(), caller: nil))
        #expect(audience.addressee == nil && audience.callers.isEmpty)
        audience.add(Attachment(client: leg, caller: session))
        let listener = Listener()
        audience.add(Attachment(client: listener, caller: nil))
        audience.noteActivity(of: ObjectIdentifier(listener))
        #expect(audience.addressee === session && Array(audience.clients).count == 3)
    }

    @Test("Outside of calls the one is asked that was active last; when it has gone, the only one left, or nobody")
    func addressee() throws {
        let sessions = try (0..<3).map { _ in try harness.open().session }
        let legs = try sessions.map { try #require($0.legs.first) }
        var audience = Audience()
        for (session, leg) in zip(sessions, legs) { audience.add(Attachment(client: leg, caller: session)) }
        #expect(audience.addressee === sessions[2])
        audience.noteActivity(of: ObjectIdentifier(legs[0]))
        audience.noteActivity(of: ObjectIdentifier(harness))
        #expect(audience.addressee === sessions[0])
        #expect(audience.remove(legs[0]) != nil && audience.remove(legs[0]) == nil)
        #expect(audience.addressee == nil, "it is not clear which of two")
        _ = audience.remove(legs[1])
        #expect(audience.addressee === sessions[2])
    }

    @Test(
        "Each hears of the resources that it has subscribed to and of what is below them, until it is enough or too much"
    )
    func resources() throws {
        let (one, other) = (Listener(), Listener())
        var audience = Audience()
        audience.add(Attachment(client: one, caller: nil, subscriptions: [ByteText("mem://a")]))
        audience.add(Attachment(client: other, caller: nil))
        #expect(audience.clients(wanting: resource).map { ObjectIdentifier($0) } == [ObjectIdentifier(one)])
        #expect(audience.subscribe(ObjectIdentifier(other), to: resource) == true)
        #expect(Array(audience.clients(wanting: resource)).count == 2)
        #expect(audience.isSubscribed(resource) && audience.subscriptions.count == 2)
        audience.unsubscribe(ObjectIdentifier(other), from: resource)
        #expect(!audience.isSubscribed(resource))
        #expect(audience.subscribe(ObjectIdentifier(harness), to: resource) == true, "it is nobody's")
        #expect(!audience.isSubscribed(resource))
    }

    @Test("Log messages are for those who have set no level and those whose level they reach")
    func levels() {
        let (one, other) = (Listener(), Listener())
        var audience = Audience()
        for client in [one, other] { audience.add(Attachment(client: client, caller: nil)) }
        audience.setLogLevel(.error, of: ObjectIdentifier(one))
        #expect(audience.logLevels == [.error])
        #expect(audience.clients(wanting: LogLevel.info).map { ObjectIdentifier($0) } == [ObjectIdentifier(other)])
        #expect(Array(audience.clients(wanting: LogLevel.critical)).count == 2)
        #expect(audience.contains(one) && !audience.contains(Listener()))
    }
}
