package import Logging
import MCPFrontEnd
import ProxyConfiguration

/// What makes the proxy read its configuration again: SIGHUP, and a change of the file or of what is at the URL, or of a
/// file that is named in it.
package struct ReloadTriggers: Sendable {
    /// How often a file is looked at. A look costs one system call.
    var fileInterval = Duration.milliseconds(500)

    let registry: ServerRegistry
    let source: ConfigurationSource
    let hangups: EventCount
    let logger: Logger

    /// - Parameter hangups: How often the configuration was to be read again, whatever has changed.
    package init(registry: ServerRegistry, source: ConfigurationSource, hangups: EventCount, logger: Logger) {
        self.registry = registry
        self.source = source
        self.hangups = hangups
        self.logger = logger
    }

    /// Reloads whenever there is a reason, until the task is cancelled.
    package func run() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await onHangup() }
            group.addTask { await onChange() }
            group.addTask { await onChangedSecret() }
        }
    }

    private func onHangup() async {
        await withDiscardingTaskGroup { group in
            var seen = 0
            while !Task.isCancelled {
                await hangups.wait(past: seen)
                guard !Task.isCancelled else { return }
                seen = hangups.current
                logger.notice("SIGHUP: the configuration is read again")
                // The next one is heard of while servers start.
                group.addTask { await reload("SIGHUP") }
            }
        }
    }

    private func onChange() async {
        await withDiscardingTaskGroup { group in
            await onChange { group.addTask { await reload("change of the configuration") } }
        }
    }

    private func onChange(_ reload: () -> Void) async {
        var known = source.firstMark
        var candidate: String?
        while !Task.isCancelled {
            let management = await registry.settings.management
            let interval = source.isRemote ? management.pollInterval : fileInterval
            // A pause is cut short only when the run is over.
            try? await Task.sleep(for: interval)
            guard management.watch, !Task.isCancelled, let mark = await source.mark(), mark != known else {
                candidate = nil
                continue
            }
            // A file that is being written is left alone until it rests.
            guard source.isRemote || mark == candidate else {
                candidate = mark
                continue
            }
            known = mark
            candidate = nil
            logger.notice("the configuration has changed and is read again", metadata: ["from": "\(source.location)"])
            reload()
        }
    }

    private func onChangedSecret() async {
        await withDiscardingTaskGroup { group in
            await onChangedSecret { group.addTask { await reload("change of a file of the configuration") } }
        }
    }

    private func onChangedSecret(_ reload: () -> Void) async {
        var candidate: [String: String] = [:]
        // What was read and could not be used is not read again before it changes.
        var tried: [String: String] = [:]
        while !Task.isCancelled {
            // A pause is cut short only when the run is over.
            try? await Task.sleep(for: fileInterval)
            let read = source.secrets()
            let marks = Dictionary(uniqueKeysWithValues: read.keys.map { ($0, SecretFileReader.mark(of: $0)) })
            guard marks != read, marks != tried, await registry.settings.management.watch, !Task.isCancelled else {
                candidate = [:]
                continue
            }
            // A file that is being written is left alone until it rests.
            guard marks == candidate else {
                candidate = marks
                continue
            }
            tried = marks
            let changed = marks.keys.filter { marks[$0] != read[$0] }.sorted()
            logger.notice(
                "a file of the configuration has changed, which is read again",
                metadata: ["files": "\(changed.joined(separator: ", "))"])
            reload()
        }
    }

    /// - Parameter reason: What was the reason, as the audit tells of it in the place of whoever asks.
    private func reload(_ reason: String) async {
        // One that waits for its turn will read what is there by then.
        guard await registry.reloadsWaiting == 0 else { return }
        do {
            let report = try await registry.auditedReload(reason)
            if report.lines.isEmpty { logger.notice("nothing in the configuration has changed that counts") }
        } catch {
            logger.error("\(error.detail)")
            for problem in error.problems { logger.error("\(problem)") }
        }
    }
}
