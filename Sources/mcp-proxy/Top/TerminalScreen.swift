import Dispatch
import Synchronization
import TopScreen

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The terminal while a program has all of it. It is written to beside whoever has something to show, so that one that does
/// not read holds up nobody; what was not drawn when the next frame comes is never drawn.
final class TerminalScreen: Sendable {
    private struct State {
        var isOurs = false
        /// What is to be drawn next.
        var waiting: String?
    }

    /// How long a terminal that does not read is waited for at the end.
    private static let lastMoment = DispatchTimeInterval.milliseconds(300)

    private let queue = DispatchQueue(label: "mcp-proxy.screen")
    private let before = TerminalMode.current
    private let state = Mutex(State())
    private let whenGone: @Sendable () -> Void

    /// - Parameter whenGone: Hears that the terminal takes nothing any more.
    init(whenGone: @escaping @Sendable () -> Void) {
        self.whenGone = whenGone
    }

    /// Takes the terminal. In the background it stops the process instead, as the system would: this is for when it is brought
    /// to the foreground.
    func begin() {
        queue.async { [self] in
            guard isInForeground else { return stopProcess() }
            before?.key.apply()
            state.withLock { $0.isOurs = true }
            write(ScreenFrame.begin)
        }
    }

    /// Draws, once what is being drawn is.
    func draw(_ steps: String) {
        state.withLock { $0.waiting = steps }
        queue.async { [self] in
            let steps = state.withLock { state in
                defer { state.waiting = nil }
                return state.isOurs ? state.waiting : nil
            }
            if let steps { write(steps) }
        }
    }

    /// Gives the terminal back as it was.
    func end() {
        let done = DispatchSemaphore(value: 0)
        queue.async { [self] in
            giveBack()
            done.signal()
        }
        // How it treats what is typed can be given back even where it does not read.
        if done.wait(timeout: .now() + Self.lastMoment) == .timedOut { before?.apply() }
    }

    /// Gives the terminal back and stops the process, until somebody lets it go on.
    func stop() {
        queue.async { [self] in
            giveBack()
            stopProcess()
        }
    }

    private func giveBack() {
        let wasOurs = state.withLock { state in
            defer { state.isOurs = false }
            return state.isOurs
        }
        if wasOurs { write(ScreenFrame.end) }
        before?.apply()
    }

    /// Not with SIGTSTP, which is caught.
    private func stopProcess() {
        kill(getpid(), SIGSTOP)
    }

    /// Asked, because threads that hear of no signals may change a terminal from the background.
    private var isInForeground: Bool {
        let group = tcgetpgrp(STDOUT_FILENO)
        return group <= 0 || group == getpgrp()
    }

    /// Only on its queue.
    private func write(_ text: String) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = RawOutput.write(rest, to: STDOUT_FILENO)
            if count > 0 {
                rest = rest.dropFirst(count)
                continue
            }
            guard errno == EINTR || errno == EAGAIN else { return whenGone() }
            var room = pollfd(fd: STDOUT_FILENO, events: Int16(POLLOUT), revents: 0)
            _ = unsafe poll(&room, 1, -1)
        }
    }
}
