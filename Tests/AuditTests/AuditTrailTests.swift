import Logging
import MCPCore
import Metrics
import NIOCore
import Testing

@testable import Audit

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

@Suite struct AuditTrailTests {
    /// A directory that is gone after the test, and what is in it.
    private final class Folder {
        let path: String
        init() {
            var template = Array("/tmp/mcp-proxy-audit-XXXXXX".utf8CString)
            path = unsafe template.withUnsafeMutableBufferPointer { buffer in
                guard let start = buffer.baseAddress, let made = unsafe mkdtemp(start) else { return "" }
                return unsafe String(cString: made)
            }
        }
        deinit {
            for age in 0..<20 { _ = unsafe unlink(AuditFile.name(of: file, age)) }
            _ = unsafe rmdir(path)
        }
        var file: String { "\(path)/audit.jsonl" }

        func text(_ age: Int = 0) -> String? {
            let descriptor = unsafe open(AuditFile.name(of: file, age), O_RDONLY)
            guard descriptor >= 0 else { return nil }
            defer { close(descriptor) }
            var bytes = [UInt8](repeating: 0, count: 1 << 20)
            let count = unsafe bytes.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress, $0.count) }
            return String(decoding: bytes.prefix(count), as: UTF8.self)
        }

        func append(_ text: String) {
            let descriptor = unsafe open(file, O_WRONLY | O_APPEND | O_CREAT, 0o600)
            _ = unsafe Array(text.utf8).withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
            close(descriptor)
        }

        /// What is wrong in all files, the oldest first.
        func verified() -> AuditVerification {
            var verification = AuditVerification()
            for age in (0..<20).reversed() {
                guard let text = text(age) else { continue }
                for (place, line) in text.split(separator: "\n").enumerated() {
                    verification.take(Array(line.utf8)[...], at: ("\(age)", place + 1))
                }
            }
            verification.end()
            return verification
        }
    }

    private func rules(_ folder: Folder, maximumBytes: Int = 1 << 20, keep: Int = 3, refuses: Bool = false)
        -> AuditRules
    {
        AuditRules(file: folder.file, arguments: .none, maximumBytes: maximumBytes, keep: keep, refuses: refuses)
    }

    private func call(_ tool: String) -> AuditedCall {
        var call = AuditedCall(request: .next(), principal: "p", route: "one", outcome: "ok")
        call.tool = tool
        call.client = ByteBuffer(string: #"{"name":"c","version":"1"}"#)
        return call
    }

    private func run(_ rules: AuditRules, _ count: Int) async {
        let trail = AuditTrail(rules, longestWait: 60, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        for number in 0..<count { trail.note(call("t\(number)")) }
        await trail.end()
    }

    @Test("A call leaves a line, which only the owner may read")
    func line() async throws {
        let folder = Folder()
        await run(rules(folder), 1)
        let lines = try #require(folder.text()).split(separator: "\n")
        #expect(
            lines.count == 3 && lines[0].contains(#""event":"start","torn":0"#) && lines[2].contains(#""event":"end""#))
        let call = lines[1].replacing(/"request":"[0-9a-z]{7,8}-[0-9a-z]+"/, with: #""request":"r""#)
        #expect(
            call.contains(
                #""event":"call","request":"r","principal":"p","client":"c","clientVersion":"1","route":"one","tool":"t0","outcome":"ok","ms":0.0"#
            ))
        var status = stat()
        _ = unsafe stat(folder.file, &status)
        #expect(status.st_mode & 0o777 == 0o600)
    }

    @Test(
        "The chain goes on in the next run, and behind what a killed run has torn", arguments: ["", "{\"seq\":4,\"ti"])
    func runs(torn: String) async throws {
        let folder = Folder()
        await run(rules(folder), 1)
        if !torn.isEmpty { folder.append(torn) }
        await run(rules(folder), 1)
        let verification = folder.verified()
        #expect(!verification.hasFaults && verification.last?.number == 6)
        #expect(verification.findings.count == (torn.isEmpty ? 0 : 1))
    }

    @Test(
        "Lines that were changed are no torn ones for the next run, however many", arguments: [1, 2, 3], ["", "{\"se"])
    func changedEnd(count: Int, torn: String) async throws {
        let folder = Folder()
        await run(rules(folder), 3)
        var lines = try #require(folder.text()).split(separator: "\n").map(String.init)
        for index in lines.indices.suffix(count) { lines[index] = lines[index].replacing("event", with: "EVENT") }
        _ = unsafe unlink(folder.file)
        folder.append(lines.joined(separator: "\n") + "\n" + torn)
        await run(rules(folder), 1)
        let verification = folder.verified()
        #expect(verification.findings.count { $0.isFault } >= count)
        #expect(verification.findings.contains { $0.isFault && $0.line == lines.count - count + 1 })
    }

    @Test("A line that lacks its end alone is a line for the next run")
    func withoutEnd() async throws {
        let folder = Folder()
        await run(rules(folder), 2)
        let text = try #require(folder.text())
        _ = unsafe unlink(folder.file)
        folder.append(String(text.dropLast()))
        await run(rules(folder), 1)
        let verification = folder.verified()
        #expect(verification.findings.isEmpty && verification.last?.number == 7)
    }

    @Test("A full file becomes an older one, of which so many are kept, and the chain goes on through all")
    func rotation() async throws {
        let folder = Folder()
        await run(rules(folder, maximumBytes: 4_000, keep: 3), 100)
        #expect(folder.text(3) != nil && folder.text(4) == nil)
        for age in 0...3 { #expect(try #require(folder.text(age)).utf8.count <= 4_000) }
        let verification = folder.verified()
        #expect(verification.findings.isEmpty && verification.last?.number == 102)
        #expect(try #require(verification.first) > 1)
    }

    @Test("A run that ended between two files goes on with the chain of the older one")
    func betweenFiles() async throws {
        let folder = Folder()
        await run(rules(folder), 2)
        try AuditFile.rotate(folder.file, keep: 3)
        await run(rules(folder), 2)
        #expect(folder.verified().findings.isEmpty && folder.verified().last?.number == 8)
    }

    @Test("What is no audit is left alone")
    func foreign() async throws {
        let folder = Folder()
        folder.append("something else\n")
        let lost = Counter()
        let trail = AuditTrail(
            rules(folder), lost: lost, longestWait: 60, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        trail.note(call("t"))
        await trail.end()
        #expect(folder.text() == "something else\n")
        #expect(lost.current == 2 && trail.hindrance == nil)
    }

    @Test("Two cannot write the same file; one that refuses lets nothing begin")
    func refusal() async throws {
        let folder = Folder()
        let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let first = AuditTrail(rules(folder), longestWait: 60, logger: quiet)
        await first.end()
        let second = AuditTrail(rules(folder, refuses: true), longestWait: 60, logger: quiet)
        let change = AuditedChange(request: nil, principal: "p", change: "add", outcome: "begins")
        let words = try #require(await second.begin(change))
        #expect(words.contains("the audit cannot be written"))
        #expect(second.hindrance == words)
        #expect(await first.begin(change) == nil)
        #expect(!folder.verified().hasFaults)
    }
}
