import MCPCore
import NIOCore
import Synchronization
import Testing

@testable import Recordings

@Suite(.timeLimit(.minutes(1))) struct RecorderTests {
    private static func rules(_ server: String? = nil, _ bodies: RecordedBodies = .redacted) -> RecordingRules {
        var rules = RecordingRules()
        rules.server = server
        rules.bodies = bodies
        return rules
    }

    private static func message(_ text: String, server: String? = "one", session: String? = nil) -> RecordedMessage {
        var message = RecordedMessage(.client, .in, .message(ByteBuffer(string: text)))
        message.server = server
        message.request = "r-1"
        message.principal = "anna"
        message.session = session
        return message
    }

    /// The lines of a recording once it has ended, without the first one.
    private static func lines(_ recording: Recording) async -> [JSONView] {
        await withCheckedContinuation { continuation in
            let once = Once(continuation)
            _ = recording.follow { if recording.progress.ending != nil { once.resume() } }
        }
        let text = String(buffer: recording.text)
        // The recorder has written JSON.
        return text.split(separator: "\n").dropFirst().compactMap {
            try? JSONText(scanning: ByteBuffer(string: String($0))).root
        }
    }

    @Test("Where nothing is recorded nothing is kept")
    func off() {
        let recorder = Recorder()
        #expect(!recorder.isOn)
        recorder.note(Self.message(#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#))
        #expect(recorder.recordings.isEmpty)
    }

    @Test("A message is a line with all that is known of it, between the first line and the last")
    func line() async throws {
        let recorder = Recorder(proxy: "1.2.3", clock: { 1_800_000_000.5 })
        let recording = try recorder.begin(Self.rules("one"))
        #expect(recorder.isOn)
        recorder.note(Self.message(#"{"jsonrpc":"2.0","id":"a","method":"tools/call","params":{"name":"t","x":1}}"#))
        recorder.note(Self.message(#"{"jsonrpc":"2.0","id":2,"method":"ping"}"#, server: "two"))
        _ = recorder.remove(recording.id)
        let lines = await Self.lines(recording)
        try #require(lines.count == 2)
        #expect(
            String(buffer: lines[0].bytes)
                == #"{"time":"2027-01-15T08:00:00.500Z","side":"client","direction":"in","kind":"request","id":"a","method":"tools/call","request":"r-1","principal":"anna","server":"one","name":"t","bytes":76,"body":{"jsonrpc":"2.0","id":"a","method":"tools/call","params":{"name":"t","x":1}}}"#
        )
        #expect(lines[1]["end"]?.string == "stopped")
        #expect(lines[1]["messages"]?.integer == 1)
        let header = try JSONText(
            scanning: ByteBuffer(string: String(buffer: recording.text).split(separator: "\n").map(String.init)[0])
        ).root
        #expect(header["recording"]?.integer == 1)
        #expect(header["proxy"]?.string == "1.2.3")
        #expect(header["server"]?.string == "one")
        #expect(!recorder.isOn)
        #expect(recorder.recordings.isEmpty)
    }

    @Test("How much of messages is written is what was asked for", arguments: RecordedBodies.allCases)
    func bodies(bodies: RecordedBodies) async throws {
        let recorder = Recorder(secrets: ["token-of-ours"])
        let recording = try recorder.begin(Self.rules(nil, bodies))
        recorder.note(
            Self.message(
                #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"t","arguments":{"password":"p1","b":"token-of-ours"}}}"#
            ))
        recorder.note(Self.message("no JSON p1 token-of-ours"))
        _ = recorder.remove(recording.id)
        let lines = await Self.lines(recording)
        let arguments = lines[0]["body"]?["params"]?["arguments"].map { String(buffer: $0.bytes) }
        switch bodies {
        case .none: #expect(arguments == nil)
        case .redacted: #expect(arguments == #"{"password":"***","b":"…"}"#)
        case .full: #expect(arguments == #"{"password":"p1","b":"…"}"#)
        }
        #expect(lines[1]["kind"]?.string == "unreadable")
        #expect(lines[1]["text"]?.string == (bodies == .full ? "no JSON p1 …" : nil))
        #expect(!String(buffer: recording.text).contains("token-of-ours"))
    }

    @Test("A session is a number, since who knows its identifier could use it")
    func sessions() async throws {
        let recorder = Recorder()
        let recording = try recorder.begin(Self.rules())
        for session in ["secret-a", "secret-b", "secret-a"] {
            recorder.note(Self.message(#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#, session: session))
        }
        _ = recorder.remove(recording.id)
        #expect(await Self.lines(recording).compactMap { $0["session"]?.integer } == [1, 2, 1])
        #expect(!String(buffer: recording.text).contains("secret-"))
    }

    @Test("A recording ends before it becomes longer than it may be")
    func bytes() async throws {
        let recorder = Recorder()
        var rules = Self.rules()
        rules.maximumBytes = RecordingRules.fewestBytes
        let recording = try recorder.begin(rules)
        for _ in 0..<100 { recorder.note(Self.message(#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#)) }
        let lines = await Self.lines(recording)
        #expect(lines.last?["end"]?.string == "bytes")
        #expect(lines.count > 2)
        #expect(recording.text.readableBytes <= RecordingRules.fewestBytes)
        #expect(recording.progress.bytes == recording.text.readableBytes)
        // It is kept until somebody removes it.
        #expect(recorder.find(recording.id) === recording)
    }

    @Test("A recording ends when its time is over, when its server goes, and when the proxy ends")
    func endings() async throws {
        let recorder = Recorder()
        var rules = Self.rules()
        rules.seconds = 1
        let timed = try recorder.begin(rules)
        let gone = try recorder.begin(Self.rules("one"))
        let other = try recorder.begin(Self.rules("two"))
        recorder.serverHasGone("one")
        #expect(await Self.lines(gone).last?["end"]?.string == "server gone")
        #expect(await Self.lines(timed).last?["end"]?.string == "time")
        #expect(other.progress.ending == nil)
        recorder.end()
        #expect(await Self.lines(other).last?["end"]?.string == "proxy ends")
        #expect(throws: Recorder.Full.self) { try recorder.begin(rules) }
    }

    @Test("There are only so many recordings, and there is room again when one is removed")
    func count() throws {
        let recorder = Recorder()
        let all = try (0..<RecordingRules.mostRecordings).map { _ in try recorder.begin(Self.rules()) }
        #expect(throws: Recorder.Full.self) { try recorder.begin(Self.rules()) }
        #expect(recorder.remove(all[0].id) === all[0])
        #expect(recorder.remove(all[0].id) == nil)
        _ = try recorder.begin(Self.rules())
    }

    @Test("The oldest that has ended makes room for a new one")
    func room() async throws {
        let recorder = Recorder()
        let rules = (0..<RecordingRules.mostRecordings).map { Self.rules($0.isMultiple(of: 2) ? "one" : "two") }
        let all = try rules.map { try recorder.begin($0) }
        recorder.serverHasGone("two")
        for recording in all where recording.rules.server == "two" { _ = await Self.lines(recording) }
        let new = try recorder.begin(Self.rules())
        #expect(recorder.recordings.map(\.id) == (all[..<1] + all[2...] + [new]).map(\.id))
    }
}

/// Resumes a continuation the first time.
private final class Once: Sendable {
    private let continuation: CheckedContinuation<Void, Never>
    private let isResumed = Atomic(false)

    init(_ continuation: CheckedContinuation<Void, Never>) {
        self.continuation = continuation
    }

    func resume() {
        if !isResumed.exchange(true, ordering: .relaxed) { continuation.resume() }
    }
}
