import Foundation
import MCPTestSupport
import NIOCore
import NIOPosix
import Testing

@testable import MCPFrontEnd

@Suite struct UnixSocketFileTests {
    private let folder: URL

    init() throws {
        folder = URL(filePath: "/tmp/mcp-proxy-\(UInt32.random(in: 0 ... .max))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    }

    private var path: String { folder.appending(path: "s").path }

    private func cleaned(_ body: () async throws -> Void) async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        try await body()
    }

    private func problem(_ path: String) -> String {
        do throws(ListenerError) {
            let (socket, file) = try UnixSocketFile.open(path)
            close(socket)
            file.remove()
            return "none"
        } catch {
            return error.description
        }
    }

    @Test("The socket is for the user and the group alone, whatever the umask says")
    func mode() async throws {
        try await cleaned {
            let (socket, file) = try UnixSocketFile.open(path)
            defer { close(socket) }
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect(mode == 0o660)
            file.remove()
            #expect(!FileManager.default.fileExists(atPath: path))
        }
    }

    @Test("A socket that nobody listens on is replaced")
    func stale() async throws {
        try await cleaned {
            let (socket, _) = try UnixSocketFile.open(path)
            close(socket)
            #expect(FileManager.default.fileExists(atPath: path))
            #expect(problem(path) == "none")
        }
    }

    @Test("A socket that somebody listens on is left to him, with what to do")
    func live() async throws {
        try await cleaned {
            let (socket, _) = try UnixSocketFile.open(path)
            defer { close(socket) }
            #expect(problem(path).contains("is in use already"))
            #expect(problem(path).contains("ss -lxp"))
            #expect(FileManager.default.fileExists(atPath: path))
        }
    }

    @Test("A file that is no socket is never removed")
    func noSocket() async throws {
        try await cleaned {
            try Data("precious".utf8).write(to: URL(filePath: path))
            #expect(problem(path).contains("there is a file that is no socket; remove it"))
            #expect(try Data(contentsOf: URL(filePath: path)) == Data("precious".utf8))
        }
    }

    @Test("A folder that is not there is named")
    func noFolder() async throws {
        try await cleaned {
            #expect(
                problem("\(folder.path)/no/s").contains("the folder \(folder.path)/no of the socket cannot be used"))
        }
    }

    @Test("A file that has come in its place is not removed")
    func replaced() async throws {
        try await cleaned {
            let (first, file) = try UnixSocketFile.open(path)
            close(first)
            let (second, _) = try UnixSocketFile.open(path)
            defer { close(second) }
            file.remove()
            #expect(FileManager.default.fileExists(atPath: path))
        }
    }
}
