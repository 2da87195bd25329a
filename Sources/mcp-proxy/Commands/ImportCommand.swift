import ArgumentParser
import ClientFiles
import ProxyConfiguration
import ProxyControl

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// `mcp-proxy import`: takes servers from the files of clients.
struct ImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Takes servers from the files of clients.",
        discussion: """
            Without --into it prints a configuration. With it, servers are added to a file in which nothing else is \
            changed. What was done is said on standard error.
            """
    )

    @Argument(
        help: ArgumentHelp(
            "A client (\(ImportSources.words.dropLast().joined(separator: ", "))) or a file; all clients by default.",
            valueName: "client or path"),
        completion: .file()
    )
    var source: String?

    @Option(
        help: ArgumentHelp("Whose file it is: the name of a client, or \"file\".", valueName: "client"),
        completion: .list(ImportSources.words))
    var from: String?

    @Option(help: ArgumentHelp("The configuration to add to.", valueName: "path"), completion: .file())
    var into: String?

    @Option(
        name: .customLong("server"), parsing: .singleValue,
        help: ArgumentHelp("Takes this server only; may be repeated.", valueName: "name"))
    var only: [String] = []

    @Option(parsing: .singleValue, help: ArgumentHelp("Leaves this server out; may be repeated.", valueName: "name"))
    var except: [String] = []

    @Option(
        name: .customLong("input"), parsing: .singleValue,
        help: ArgumentHelp(
            "The answer for ${input:id}; may be repeated. It may be '${NAME}', a variable of the proxy's environment.",
            valueName: "id=answer"))
    var inputs: [String] = []

    @Flag(help: "Prints what was done as JSON, to standard output.")
    var json = false

    @Flag(name: .customLong("dry-run"), help: "Prints the configuration that --into would write, and writes nothing.")
    var isDryRun = false

    func run() async throws {
        try await CommandFailure.reported("nothing was imported; correct this, or leave a server out with --except") {
            try importServers()
        }
    }

    private func importServers() throws {
        let environment = ProcessInfo.processInfo.environment
        let home = environment["HOME"] ?? FileManager.default.homeDirectoryForCurrentUser.path
        let places = ClientPlaces(
            home: home, folder: FileManager.default.currentDirectoryPath, environment: environment)
        let (old, target) = try readTarget()
        let found = try chosen(ImportSources(argument: source, from: from, places: places).servers())
        let answers = try answers()
        let translation = ServerTranslation(environment: environment, home: home, answers: answers)
        let servers = try translated(found, translation)
        try checkAsked(answers, servers)
        let plan = ImportPlan(servers, existing: target.names, own: own(old, target.names, environment))
        let additions = plan.additions
        let text = additions.isEmpty ? old ?? target.adding([]) : target.adding(additions)
        let warnings = try check(text, replacing: old, environment)
        let report = ImportReport(plan: plan, home: home)
        for line in report.lines { Terminal.error(line) }
        for warning in warnings { Terminal.error(warning.description) }
        let isWritten = into != nil && !isDryRun && !additions.isEmpty
        if isWritten, let into { try TextFile(path: into).replace(old, with: text) }
        let isEmpty = additions.isEmpty && !plan.rows.contains { $0.outcome == .kept }
        // Scripts are told why, but nobody is given a configuration without a server.
        if !isEmpty || json { try printResult(text, report, isWritten: isWritten) }
        if isEmpty { throw CommandFailure("no server could be imported; the table says why") }
        if isWritten { tellOfEntry(plan) }
    }

    /// What leads to the proxy that is imported for.
    private func own(_ text: [UInt8]?, _ names: [String], _ environment: [String: String]) -> OwnEntries {
        let settings = text.flatMap { text in
            // What cannot be read is told with what would come of it.
            let loaded =
                (try? load(text, environment)) ?? (try? load(text, nil))
            return loaded?.settings
        }
        let base = settings.map { ListenerAddress.base($0, port: $0.address.port) } ?? "http://127.0.0.1:9090"
        return OwnEntries(
            base: base, file: into.map(OwnProgram.absolute), names: names + (settings?.groups.map(\.name) ?? []))
    }

    private func load(_ text: [UInt8], _ environment: [String: String]?) throws -> LoadedConfiguration {
        try ConfigurationLoader.load(
            text: text, source: into ?? "", format: .json, environment: environment,
            secrets: SecretFileReader(beside: into ?? "").files)
    }

    /// How the clients that the servers are of get one entry for all of them.
    private func tellOfEntry(_ plan: ImportPlan) {
        guard let into else { return }
        var places: [ClientPlace] = []
        for row in plan.rows where row.outcome == .added && !places.contains(row.server.found.place) {
            places.append(row.server.found.place)
        }
        for place in places {
            guard let client = place.client else { continue }
            let start = "mcp-proxy client-config \(client.rawValue) --config \(into)"
            // Claude Code is told by commands, and the others' files are JSON or not.
            let takesFile = client != .claudeCode && ConfigurationFormat(pathOrURL: place.path) == .json
            Terminal.error(
                "one entry in place of those in \(ShownText.plain(place.path)): "
                    + ShownText.plain(takesFile ? "\(start) --into \(place.path)" : start))
        }
    }

    /// The configuration to add to, and its text if there is one.
    private func readTarget() throws -> (text: [UInt8]?, ImportTarget) {
        guard let into else { return (nil, ImportTarget()) }
        guard !RemoteConfigurationRequest.isRemote(into) else {
            throw CommandFailure("--into takes a file, not a URL; leave it out to print the configuration")
        }
        guard ConfigurationFormat(pathOrURL: into) == .json else {
            throw CommandFailure(
                "servers can be added to JSON only; leave --into out to print them, and copy them into \(into)")
        }
        guard let text = try TextFile(path: into).read() else { return (nil, ImportTarget()) }
        let target = try ImportTarget(text: text, source: into)
        return (text, target)
    }

    /// The servers that are meant.
    private func chosen(_ found: [FoundServer]) throws(CommandFailure) -> [FoundServer] {
        for name in only + except where !found.contains(where: { $0.name == name }) {
            let names = found.map { ShownText.name($0.name) }.joined(separator: ", ")
            throw CommandFailure("no server \"\(name)\" was found; found were: \(names)")
        }
        let servers = found.filter { (only.isEmpty || only.contains($0.name)) && !except.contains($0.name) }
        guard !servers.isEmpty else { throw CommandFailure("--except leaves no server to import") }
        return servers
    }

    private func answers() throws(CommandFailure) -> [String: String] {
        var answers: [String: String] = [:]
        for input in inputs {
            let parts = input.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2, !parts[0].isEmpty else { throw CommandFailure("--input takes id=answer") }
            answers[parts[0]] = parts[1]
        }
        return answers
    }

    /// An answer that nobody asks for is a slip, and what was meant would go unanswered.
    private func checkAsked(_ answers: [String: String], _ servers: [TranslatedServer]) throws(CommandFailure) {
        let asked = servers.flatMap(\.inputs).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
        guard let slip = answers.keys.sorted().first(where: { !asked.contains($0) }) else { return }
        let shown = asked.map(ShownText.plain).joined(separator: ", ")
        throw CommandFailure(
            "--input \"\(ShownText.plain(slip))\": no server asks for it; "
                + (asked.isEmpty ? "none of them has an ${input:…}" : "the inputs are: \(shown)"))
    }

    /// All servers, or all their faults.
    private func translated(
        _ found: [FoundServer], _ translation: ServerTranslation
    ) throws(ConfigurationError) -> [TranslatedServer] {
        var servers: [TranslatedServer] = []
        var problems: [ConfigurationProblem] = []
        for server in found {
            do throws(ConfigurationError) {
                servers.append(try translation.translate(server))
            } catch {
                problems += error.problems
            }
        }
        guard problems.isEmpty else { throw ConfigurationError(code: .invalid, problems: problems) }
        return servers
    }

    /// What is questionable in the new configuration and was not in the old one.
    private func check(
        _ text: [UInt8], replacing old: [UInt8]?, _ environment: [String: String]
    ) throws(ConfigurationError) -> [ConfigurationProblem] {
        let source = into ?? "the new configuration"
        let known = try old.map { text throws(ConfigurationError) in
            try CheckedConfiguration.warnings(text, source: source, environment: environment)
        }
        return try CheckedConfiguration.warnings(text, source: source, environment: environment).filter { problem in
            !(known ?? []).contains { $0.keyPath == problem.keyPath && $0.message == problem.message }
        }
    }

    private func printResult(_ text: [UInt8], _ report: ImportReport, isWritten: Bool) throws {
        let showsConfiguration = into == nil || isDryRun
        if json {
            var members: [(String, ConfigurationNode)] = [("servers", report.servers)]
            if showsConfiguration {
                members.append(("configuration", try ConfigurationLoader.read(text, .json, into ?? "")))
            }
            members.append(("written", .init(.bool(isWritten), at: .start)))
            try StandardOutput.write(JSONLayout().text(of: .object(members)))
        } else if showsConfiguration {
            let whole = String(decoding: text, as: UTF8.self)
            try StandardOutput.write(whole.hasSuffix("\n") ? String(whole.dropLast()) : whole)
        } else {
            let count = report.plan.additions.count
            Terminal.error(
                isWritten
                    ? "\(count) server\(count == 1 ? "" : "s") added to \(into ?? "")" : "\(into ?? "") is as it was")
        }
    }
}
