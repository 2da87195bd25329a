import CProxySystem

/// The three pairs of pipe ends between the proxy and a process.
struct ProcessPipes {
    struct Ends {
        let reading: CInt
        let writing: CInt
    }

    /// How much a server can write at a time before the proxy has read it. A large answer then takes a few turns of both
    /// programs instead of one for each 64 KiB.
    static let outputCapacity = 256 << 10

    let input: Ends
    let output: Ends
    let errorOutput: Ends

    /// Makes the pipes, all of them closed on exec: a process gets only the ends that it is started with.
    init() throws(UpstreamFailure) {
        input = try Self.make()
        do {
            output = try Self.make()
            proxy_widen_pipe(output.reading, CInt(Self.outputCapacity))
        } catch {
            Self.close(input)
            throw error
        }
        do {
            errorOutput = try Self.make()
        } catch {
            Self.close(input)
            Self.close(output)
            throw error
        }
    }

    private static func make() throws(UpstreamFailure) -> Ends {
        var reading: CInt = -1
        var writing: CInt = -1
        let problem = unsafe proxy_pipe(&reading, &writing)
        guard problem == 0 else {
            throw UpstreamFailure(
                .commandNotRunnable,
                "no pipe to the server could be made (error \(problem)); raise the limit of open files (ulimit -n)",
                nothingSent: true
            )
        }
        return Ends(reading: reading, writing: writing)
    }

    /// Closes the process's ends when there will be no process.
    func closeInnerEnds() {
        proxy_close(input.reading)
        proxy_close(output.writing)
        proxy_close(errorOutput.writing)
    }

    private static func close(_ ends: Ends) {
        proxy_close(ends.reading)
        proxy_close(ends.writing)
    }
}
