import NIOCore
import Subprocess
import SystemPackage

/// One running process tree, from launch to the last of its processes.
///
/// This is the only place that starts processes. It runs as one task, because launching and reaping are slow and
/// belong to the library; messages never pass through it.
enum StdioProcess {
    /// How a process ended, in words.
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
        do {
            configuration = try Self.configuration(for: settings)
        } catch {
            pipes.closeInnerEnds()
            throw error
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
                started(execution.processIdentifier.value)
                for await _ in stops {
                    if settings.guardExecutable == nil {
                        let step = TeardownStep.gracefulShutDown(
                            toProcessGroup: true,
                            allowedDurationToNextStep: settings.terminationGrace
                        )
                        await execution.teardown(using: [step])
                    } else {
                        // It may have ended by itself a moment ago: then there is nobody to ask.
                        try? execution.send(signal: .terminate)
                    }
                }
            }
            return ending(result.terminationStatus)
        } catch {
            throw UpstreamFailure(.commandNotRunnable, "\(settings.command) could not be started: \(error)")
        }
    }

    private static func configuration(for settings: StdioSettings) throws(UpstreamFailure) -> Configuration {
        let own = Dictionary(settings.environment.map { (Environment.Key(stringLiteral: $0.key), $0.value) }) { $1 }
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
