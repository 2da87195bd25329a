import Foundation

/// A file of the package, by its path below the root.
func repositoryFile(_ path: String) -> URL {
    var folder = URL(filePath: #filePath).deletingLastPathComponent()
    var file = folder.appending(path: path)
    while !FileManager.default.fileExists(atPath: file.path()), folder.pathComponents.count > 1 {
        folder.deleteLastPathComponent()
        file = folder.appending(path: path)
    }
    return file
}
