import ArgumentParser
import Audit

/// `mcp-proxy audit`: what was written down of calls and changes.
struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Looks at what was written down of calls and changes.",
        subcommands: [AuditVerifyCommand.self]
    )
}

/// `mcp-proxy audit verify FILE…`.
struct AuditVerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Says whether lines of an audit were changed, taken out, put in or moved, and where.",
        discussion: """
            Each line holds the hash of the one before. Name all files of one audit to have them looked at as one, in \
            whatever order: audit.jsonl audit.jsonl.1. Lines that were cut off at the end leave no trace in what is left: \
            compare the number and the hash of the last line, which are printed, with what was kept elsewhere.

            Exit status: 0 when all is in order, 1 when something was changed or a file cannot be read.
            """)

    @Argument(help: ArgumentHelp("The files.", valueName: "file"), completion: .file())
    var files: [String]

    func run() async throws {
        var verification = AuditVerification()
        try await CommandFailure.reported("nothing was looked at") {
            do throws(AuditFault) {
                verification = try AuditReader.verify(files)
            } catch {
                throw CommandFailure("\(error)")
            }
        }
        for finding in verification.findings {
            let line = "\(finding.file):\(finding.line): \(finding.words)"
            if finding.isFault {
                Terminal.error("mcp-proxy: \(ShownOutput.printable(line))")
            } else {
                Terminal.print(ShownOutput.printable(line))
            }
        }
        let count = verification.count
        guard let first = verification.first, let last = verification.last else {
            // An audit has a line from its start on.
            Terminal.error("mcp-proxy: no line of an audit is there: all were taken out, or these are other files")
            throw ExitCode(1)
        }
        Terminal.print(
            "\(count) \(count == 1 ? "line" : "lines") \(verification.hasFaults ? "of which the hashes are right" : "in order"), "
                + "number \(first) to \(last.number); hash of the last one: \(last.hash)")
        if verification.hasFaults { throw ExitCode(1) }
    }
}
