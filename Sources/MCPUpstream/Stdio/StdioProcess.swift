import NIOCore
import Subprocess
import Synchronization
import SystemPackage

/// One running process tree, from launch to the last of its processes.
///
/// This is the only place that starts processes. It runs as one task, because launching and reaping are slow and
/// belong to the library; messages never pass through it.
enum StdioProcess {
    /// Says how a process ended, in words.
    struct Ending: Sendable {
        let words: String
        /// The command could not be executed at all.
        let couldNotRun: Bool
    }

    /// Starts the command, waits until the whole tree has gone, and returns how the command ended.
    ///
    /// - Parameters:
    ///   - pipes: Their inner ends are handed to the process and closed here.
    ///   - stops: Each element asks the tree to end; the sequence must finish once the tree has gone.
    ///   - started: Is given the process identifier.
    static func run(
        _ settings: StdioSettings,
        pipes: ProcessPipes,
        stops: AsyncStream<Void>,
        started: @escaping @Sendable (Int32) -> Void
    ) async throws(UpstreamFailure) -> Ending {
        let configuration: Configuration
        let tree = settings.guardExecutable.map { _ in ProcessTree() }
        do {
            configuration = try Self.configuration(for: settings, tree)
        } catch {
            pipes.closeInnerEnds()
            throw error
        }
        let ownChild = Mutex<Int32?>(nil)
        ProcessTree.willBegin()
        defer {
            if let id = ownChild.withLock({ $0 }) { ProcessTree.ended(id) } else { ProcessTree.didNotBegin() }
        }
        do {
            let result = try await Subprocess.run(
                configuration,
                input: .fileDescriptor(FileDescriptor(rawValue: pipes.input.reading), closeAfterSpawningProcess: true),
                output: .fileDescriptor(
                    FileDescriptor(rawValue: pipes.output.writing),
                    closeAfterSpawningProcess: true
                ),
                error: .fileDescriptor(
                    FileDescriptor(rawValue: pipes.errorOutput.writing),
                    closeAfterSpawningProcess: true
                )
            ) { execution in
                ProcessTree.began(execution.processIdentifier.value)
                ownChild.withLock { $0 = execution.processIdentifier.value }
                started(execution.processIdentifier.value)
                if let tree {
                    await stop(execution, tree, settings, whenAsked: stops)
                } else {
                    for await _ in stops { await stopWithoutGuard(execution, settings) }
                }
            }
            if let tree, case .signaled = result.terminationStatus {
                // A guard is ended by a signal only when somebody kills it, and then it has not done its work.
                _ = await tree.end(guardedBy: result.processIdentifier.value)
            }
            return ending(result.terminationStatus)
        } catch {
            throw UpstreamFailure(.commandNotRunnable, "\(settings.command) could not be started: \(error)")
        }
    }

    private static func stopWithoutGuard<Input: InputProtocol, Output: OutputProtocol, Error: OutputProtocol>(
        _ execution: Execution<Input, Output, Error>, _ settings: StdioSettings
    ) async {
        let step = TeardownStep.gracefulShutDown(
            toProcessGroup: true,
            allowedDurationToNextStep: settings.terminationGrace
        )
        await execution.teardown(using: [step])
    }

    /// Asks the guard to end its tree, as often as somebody wants, and ends the tree itself when that does not happen in
    /// time.
    private static func stop<Input: InputProtocol, Output: OutputProtocol, Error: OutputProtocol>(
        _ execution: Execution<Input, Output, Error>, _ tree: ProcessTree, _ settings: StdioSettings,
        whenAsked stops: AsyncStream<Void>
    ) async {
        let guardID = execution.processIdentifier.value
        await withDiscardingTaskGroup { group in
            var isFirst = true
            for await _ in stops {
                // It may have ended by itself a moment ago: then there is nobody to ask.
                try? execution.send(signal: .terminate)
                guard isFirst else { continue }
                isFirst = false
                group.addTask {
                    if ProcessTree.isRunning(guardID) {
                        // Cut short only when the whole tree has gone.
                        try? await Task.sleep(for: settings.guardGrace)
                    }
                    if !Task.isCancelled { _ = await tree.end(guardedBy: guardID) }
                }
            }
            group.cancelAll()
        }
    }

    private static func configuration(
        for settings: StdioSettings, _ tree: ProcessTree?
    ) throws(UpstreamFailure) -> Configuration {
        var own = Dictionary(settings.environment.map { (Environment.Key(stringLiteral: $0.key), $0.value) }) { $1 }
        if let tree { own[Environment.Key(stringLiteral: ProcessTree.variable)] = tree.mark }
        let environment: Environment =
            settings.inheritsEnvironment
            ? .inherit.updating(own) : .custom(ProcessEnvironment.plain.merging(own) { $1 })
        let searchPath = settings.environment["PATH"] ?? ProcessEnvironment.searchPath
        if let directory = settings.workingDirectory { try CommandLookup.check(workingDirectory: directory) }
        let path = try CommandLookup.resolve(
            settings.command,
            searchPath: searchPath,
            workingDirectory: settings.workingDirectory
        )
        var options = PlatformOptions()
        options.createSession = true
        guard let guardExecutable = settings.guardExecutable else {
            return Configuration(
                executable: .path(FilePath(path)),
                arguments: Arguments(settings.arguments),
                environment: environment,
                workingDirectory: settings.workingDirectory.map { FilePath($0) },
                platformOptions: options
            )
        }
        let milliseconds = settings.terminationGrace.milliseconds
        let arguments = [GuardProcess.argument, String(ProcessEnvironment.ownID), String(milliseconds), path]
        return Configuration(
            executable: .path(FilePath(guardExecutable)),
            arguments: Arguments(arguments + settings.arguments),
            environment: environment,
            workingDirectory: settings.workingDirectory.map { FilePath($0) },
            platformOptions: options
        )
    }

    private static func ending(_ status: TerminationStatus) -> Ending {
        switch status {
        case .exited(let code) where code == 126 || code == 127:
            Ending(words: "it could not be run (exit status \(code))", couldNotRun: true)
        case .exited(let code) where code > 128:
            Ending(words: "it was ended by signal \(code - 128)", couldNotRun: false)
        case .exited(let code): Ending(words: "it ended with exit status \(code)", couldNotRun: false)
        case .signaled(let number): Ending(words: "it was ended by signal \(number)", couldNotRun: false)
        }
    }
}
