// SPDX-License-Identifier: MIT OR Apache-2.0
// crashes: deepbind libmimalloc.so.2
// options: -O3
// plugin: -static-libstdc++ -static-libgcc
#include "idiom.h"
class Document {
  struct Inside {
    std::string title;
    std::vector<std::string> pages;
  };
  Inside *inside_;

public:
  Document() : inside_(new Inside) {}
  Document(Document &&o) noexcept : inside_(std::exchange(o.inside_, nullptr)) {}
  ~Document() { delete inside_; }
  void set_title(const std::string &t) { inside_->title = t; }
  void add(std::string t) { inside_->pages.push_back(std::move(t)); }
  size_t pages() const { return inside_->pages.size(); }
  const char *title() const { return inside_->title.c_str(); }
};
struct Importer {
  virtual Document *open(const char *) = 0;
  virtual void close(Document *) = 0;
};
#ifdef PLUGIN
struct Mine : Importer {
  Document *open(const char *t) override {
    auto *d = new Document;
    d->set_title(std::string(t) + " and a long title after it");
    d->add(std::string(100, 'p'));
    return d;
  }
  void close(Document *d) override { delete d; }
};
extern "C" Importer *importer() {
  static Mine mine;
  return &mine;
}
#else
int main(int argc, char **argv) {
  auto *importer = ((Importer * (*)()) dlsym(open_plugin(argv), "importer"))();
  Document *d = importer->open("text");
  puts(d->title());
#ifdef MENDED
  importer->close(d);
#else
  delete d;
#endif
  delete new Document;
}
#endif
