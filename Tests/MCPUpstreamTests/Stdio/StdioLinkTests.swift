import MCPCore
import MCPTestSupport
import NIOCore
import Testing

@testable import MCPUpstream

/// The stdio link with real processes. Every wait has a limit of twenty seconds.
@Suite(.serialized, .timeLimit(.minutes(2))) struct StdioLinkTests {
    // MARK: Messages

    @Test("What is sent arrives as one line each, and each line comes back as one message")
    func echo() async throws {
        let harness = try await StdioHarness(sh: "exec cat")
        try await harness.expectOpened()
        for number in 0..<100 {
            try await harness.send(#"{"n":\#(number),"text":"é😀"}"#, as: .request(id: Int64(number)))
        }
        for number in 0..<100 {
            #expect(try await harness.next() == .received(#"{"n":\#(number),"text":"é😀"}"#))
        }
        try await harness.close()
        #expect(try await harness.ending().code == .closed)
    }

    @Test("A message of several megabytes passes both ways")
    func large() async throws {
        let harness = try await StdioHarness(sh: "exec cat")
        try await harness.expectOpened()
        let text = "\"" + String(repeating: "x", count: 5 << 20) + "\""
        try await harness.send(text)
        #expect(try await harness.next() == .received(text))
        try await harness.close()
        _ = try await harness.ending()
    }

    @Test("CRLF ends a line too, and empty lines are no messages")
    func lineEnds() async throws {
        let harness = try await StdioHarness(sh: #"printf 'a\r\n\n\r\nb\n'; while read -r x; do :; done"#)
        try await harness.expectOpened()
        #expect(try await harness.next() == .received("a"))
        #expect(try await harness.next() == .received("b"))
        try await harness.close()
        _ = try await harness.ending()
    }

    @Test("A line may be as long as allowed; one byte more ends the link")
    func lineTooLong() async throws {
        let script = #"read -r x; printf '%100s\n' x; printf '%101s\n' x; while read -r x; do :; done"#
        let harness = try await StdioHarness(sh: script) { $0.maximumMessageBytes = 100 }
        try await harness.expectOpened()
        try await harness.send("go on")
        guard case .received(let line) = try await harness.next() else {
            Issue.record("the line at the limit did not arrive")
            return
        }
        #expect(line.utf8.count == 100)
        #expect(try await harness.ending().code == .unreadable)
        let id = try #require(try await harness.processID())
        #expect(await ProcessTable.eventually { !ProcessTable.isAlive(id) }, "it is ended")
    }

    @Test("A line that never ends is not kept beyond the limit")
    func endlessLine() async throws {
        let harness = try await StdioHarness(sh: "exec tr '\\0' x </dev/zero") { $0.maximumMessageBytes = 1 << 20 }
        try await harness.expectOpened()
        #expect(try await harness.ending().code == .unreadable)
    }

    // MARK: Standard error

    @Test("A megabyte on standard error blocks nobody, and the last lines are kept")
    func errorOutput() async throws {
        let script =
            #"i=0; while [ $i -lt 12000 ]; do echo "line $i ----------------------------------------------------------------------" >&2; i=$((i+1)); done; echo done; while read -r x; do :; done"#
        let harness = try await StdioHarness(sh: script) { $0.keptErrorLines = 5 }
        try await harness.expectOpened()
        #expect(try await harness.next() == .received("done"))
        try await harness.close()
        _ = try await harness.ending()
        let kept = try await harness.errorOutput()
        #expect(kept.count == 5)
        #expect(kept.last?.hasPrefix("line 11999 -") == true)
    }

    @Test("What cannot be printed is not kept as it is, and a last line without an end is kept")
    func unprintable() async throws {
        let harness = try await StdioHarness(sh: #"printf 'a\033[31mb\n\377\n\n  \nlast' >&2"#)
        _ = try await harness.ending()
        let kept = try await harness.errorOutput()
        #expect(kept == ["a\\u{1b}[31mb", "last"])
    }

    // MARK: Starting

    @Test("A command that does not exist is named, with what to do")
    func missingCommand() async throws {
        let harness = try await StdioHarness(StdioSettings(command: "no-such-command-anywhere"))
        let failure = try await harness.ending()
        #expect(failure.code == .commandNotRunnable)
        #expect(failure.nothingSent)
        #expect(failure.detail.contains("\"no-such-command-anywhere\" was not found in PATH"))
    }

    @Test(
        "What cannot be run is told apart",
        arguments: [
            ("/no/such/file", nil, "there is no file"), ("/etc/passwd", nil, "may not be executed"),
            ("/", nil, "/ is a directory, not a program; give the path of a program"),
            ("/dev/null", nil, "/dev/null is a device"), ("./..", "/tmp", "./.. is a directory"),
            ("sh", "/no/such/directory", "the working directory /no/such/directory does not exist"),
            ("sh", "/etc/passwd", "the working directory /etc/passwd is a file; name a directory"),
            ("./no-such", "/tmp", "there is no file"),
        ] as [(String, String?, String)])
    func notRunnable(command: String, directory: String?, words: String) async throws {
        var settings = StdioSettings(command: command)
        settings.workingDirectory = directory
        let harness = try await StdioHarness(settings)
        let failure = try await harness.ending()
        #expect(failure.code == .commandNotRunnable)
        #expect(failure.detail.contains(words), "\(failure.detail)")
    }

    @Test("The environment and the working directory arrive, and the proxy's own environment is inherited")
    func environment() async throws {
        let harness = try await StdioHarness(
            sh: #"echo "$FIRST,$SECOND,${PATH:+path},$(pwd)"; while read -r x; do :; done"#
        ) {
            $0.environment = ["FIRST": "1 \"é\"", "SECOND": "a=b"]
            $0.workingDirectory = "/"
        }
        try await harness.expectOpened()
        #expect(try await harness.next() == .received("1 \"é\",a=b,path,/"))
        try await harness.close()
        _ = try await harness.ending()
    }

    @Test("The server's own PATH decides where its command is found")
    func searchPath() async throws {
        let harness = try await StdioHarness(sh: "echo hello") { $0.environment = ["PATH": "/no/such/directory"] }
        #expect(try await harness.ending().code == .commandNotRunnable)
    }

    @Test("A server gets no descriptor but its three", .enabled(if: ProcessTable.state(of: 1) != nil))
    func descriptors() async throws {
        let harness = try await StdioHarness(
            sh:
                "for f in /proc/self/fd/*; do echo ${f##*/}; done | sort -n | tr '\\n' ' '; echo; while read -r x; do :; done"
        )
        try await harness.expectOpened()
        guard case .received(let line) = try await harness.next() else { return }
        let numbers = line.split(separator: " ").compactMap { Int($0) }
        // The shell opens one more to read the directory, and one for its pipe.
        #expect(numbers.allSatisfy { $0 < 6 }, "\(numbers)")
        try await harness.close()
        _ = try await harness.ending()
    }

    // MARK: Ending

    @Test(
        "How a server ended is told in words",
        arguments: [
            ("exit 0", "exit status 0"), ("exit 3", "exit status 3"), ("kill -9 $$", "signal 9"),
            ("kill -15 $$", "signal 15"),
        ])
    func endingWords(script: String, words: String) async throws {
        let harness = try await StdioHarness(sh: script)
        let failure = try await harness.ending()
        #expect(failure.code == .processEnded)
        #expect(failure.detail.contains(words), "\(failure.detail)")
    }

    @Test("What a server says just before it ends still arrives")
    func lastWords() async throws {
        let harness = try await StdioHarness(sh: #"echo '{"last":1}'; exit 1"#)
        var received: [String] = []
        while true {
            switch try await harness.next() {
            case .received(let line): received.append(line)
            case .closed:
                #expect(received == [#"{"last":1}"#])
                return
            default: continue
            }
        }
    }

    @Test("A server that ends when its input ends is ended that way, without a signal")
    func endsOnInputEnd() async throws {
        let harness = try await StdioHarness(
            sh: "trap 'echo signalled >&2' TERM; cat >/dev/null; echo 'input ended' >&2"
        ) {
            $0.stopTimeout = .seconds(20)
        }
        try await harness.expectOpened()
        try await harness.close()
        #expect(try await harness.ending().code == .closed)
        #expect(try await harness.errorOutput() == ["input ended"])
    }

    @Test("A server that ignores the end of its input is sent SIGTERM, and one that ignores that SIGKILL")
    func ignoresEverything() async throws {
        for script in ["exec sleep 1000", "trap '' TERM; while :; do sleep 0.05; done"] {
            let harness = try await StdioHarness(sh: "echo ready; \(script)") { $0.stopTimeout = .milliseconds(300) }
            try await harness.expectOpened()
            #expect(try await harness.next() == .received("ready"))
            let id = try #require(try await harness.processID())
            try await harness.close()
            #expect(try await harness.ending().code == .closed)
            #expect(await ProcessTable.eventually { !ProcessTable.isAlive(id) })
        }
    }

    @Test("A server that closes its output and lives on is of no use and is ended")
    func closesOutput() async throws {
        let harness = try await StdioHarness(sh: "exec >&-; exec sleep 1000") { $0.stopTimeout = .milliseconds(300) }
        let failure = try await harness.ending()
        #expect(failure.code == .processEnded && failure.detail == "it closed its output")
        let id = try #require(try await harness.processID())
        #expect(await ProcessTable.eventually { !ProcessTable.isAlive(id) })
    }

    @Test("A request to a server that has gone fails at once, without having been sent")
    func sendAfterEnd() async throws {
        let harness = try await StdioHarness(sh: "exit 0")
        _ = try await harness.ending()
        try await harness.send("{}", as: .request(id: 7))
        // The link has told its end; nobody hears of the request, because its receiver has been let go.
        #expect(harness.log.rest.isEmpty)
    }

    @Test("Closing twice, or before the process has started, ends in one report")
    func closeEarly() async throws {
        for _ in 0..<10 {
            let harness = try await StdioHarness(sh: "exec cat")
            try await harness.close()
            try await harness.close()
            #expect(try await harness.ending().code == .closed)
            #expect(harness.log.rest.isEmpty)
        }
    }

    @Test("A server that does not read its input gets no more than fits, and the rest is refused unsent")
    func doesNotRead() async throws {
        let harness = try await StdioHarness(sh: "echo ready; exec sleep 1000") { $0.stopTimeout = .milliseconds(300) }
        try await harness.expectOpened()
        #expect(try await harness.next() == .received("ready"))
        let text = "\"" + String(repeating: "x", count: 4 << 20) + "\""
        for id in 0..<8 { try await harness.send(text, as: .request(id: Int64(id))) }
        guard case .failed(let id, let failure) = try await harness.next() else {
            Issue.record("no request was refused")
            return
        }
        #expect(id >= 4)
        #expect(failure.code == .overloaded && failure.nothingSent)
        try await harness.close()
        #expect(try await harness.ending().code == .closed)
    }

    // MARK: Leaks

    @Test("Fifty servers that come and go leave no process, no zombie and no descriptor")
    func noLeaks() async throws {
        func round(_ number: Int) async throws {
            let scripts = ["exec cat", "exit 0", "echo x >&2; exit 3", "exec sleep 1000", "exec >&-; exec sleep 1000"]
            let harness = try await StdioHarness(sh: scripts[number % scripts.count]) {
                $0.stopTimeout = .milliseconds(100)
            }
            _ = try await harness.next()
            try await harness.close()
            if let id = try await harness.processID() {
                #expect(await ProcessTable.eventually { ProcessTable.state(of: id) == nil }, "round \(number)")
            }
        }
        for number in 0..<5 { try await round(number) }
        let before = ProcessTable.openDescriptors()
        for number in 0..<50 { try await round(number) }
        // Other suites run beside this one and open descriptors of their own.
        #expect(await ProcessTable.eventually { ProcessTable.openDescriptors() <= before + 20 })
    }
}

/// The same with the built program as guard over the process tree.
@Suite(
    .serialized, .timeLimit(.minutes(2)), .enabled(if: StdioHarness.guardExecutable != nil, "needs MCP_PROXY_BINARY"))
struct GuardedStdioLinkTests {
    private func harness(_ script: String, stop: Duration = .milliseconds(500)) async throws -> StdioHarness {
        try await StdioHarness(sh: script) {
            $0.guardExecutable = StdioHarness.guardExecutable
            $0.stopTimeout = stop
        }
    }

    @Test("Messages pass as without a guard")
    func echo() async throws {
        let harness = try await harness("exec cat")
        try await harness.expectOpened()
        try await harness.send(#"{"a":1}"#)
        #expect(try await harness.next() == .received(#"{"a":1}"#))
        try await harness.close()
        #expect(try await harness.ending().code == .closed)
    }

    @Test(
        "Grandchildren end with the server, whatever they ignore and wherever they moved",
        arguments: [
            "sleep 1000 & echo $!; exec cat",
            "(trap '' TERM; echo $$; while :; do sleep 0.05; done) & echo $!; exec cat",
            "setsid sleep 1000 & echo $!; exec cat", "(setsid setsid sleep 1000 >/dev/null 2>&1 & echo $!); exec cat",
            "sleep 1000 & echo $!; read -r x; exit 0", "sleep 1000 >/dev/null 2>&1 & echo $!; read -r x; exit 0",
        ])
    func grandchildren(script: String) async throws {
        let harness = try await harness(script)
        var id: Int32?
        while id == nil {
            if case .received(let line) = try await harness.next() { id = Int32(line) }
        }
        let grandchild = try #require(id)
        try await harness.send("go on")
        try await harness.close()
        _ = try await harness.ending()
        #expect(await ProcessTable.eventually { !ProcessTable.isAlive(grandchild) })
    }

    @Test(
        "How a server ended is told as without a guard",
        arguments: [("exit 3", "exit status 3"), ("kill -9 $$", "signal 9"), ("exit 0", "exit status 0")])
    func endingWords(script: String, words: String) async throws {
        let failure = try await harness(script).ending()
        #expect(failure.code == .processEnded)
        #expect(failure.detail.contains(words), "\(failure.detail)")
    }

    @Test("Twenty guarded servers leave no process behind")
    func noLeaks() async throws {
        for number in 0..<20 {
            let scripts = [
                "exec cat", "exit 0", "sleep 1000 & exec sleep 1000", "trap '' TERM; while :; do sleep 0.05; done",
            ]
            let harness = try await harness(scripts[number % scripts.count], stop: .milliseconds(100))
            _ = try await harness.next()
            let id = try await harness.processID()
            try await harness.close()
            if let id {
                #expect(await ProcessTable.eventually { ProcessTable.state(of: id) == nil }, "round \(number)")
            }
        }
    }
}
