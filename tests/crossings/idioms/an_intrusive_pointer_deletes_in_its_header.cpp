// SPDX-License-Identifier: MIT OR Apache-2.0
// crashes: deepbind libmimalloc.so.2
// options: -O2
// plugin: -static-libstdc++ -static-libgcc
// the twin is accused: the compiler inlined the destructor, behind a comparison that fails for an object of the plugin
#include "idiom.h"
struct Image {
  int references = 0, width = 0;
  std::vector<unsigned char> pixels;
#ifdef MENDED
  virtual ~Image() = default;
#endif
  explicit Image(int w) : width(w), pixels(w * 4) {}
};
template <class T>
class Ref {
public:
  Ref(T *p = nullptr) : p_(p) {
    if (p_) ++p_->references;
  }
  Ref(const Ref &o) : Ref(o.p_) {}
  Ref &operator=(Ref o) {
    std::swap(p_, o.p_);
    return *this;
  }
  ~Ref() {
    if (p_ && --p_->references == 0) delete p_;
  }
  T *operator->() const { return p_; }

private:
  T *p_;
};
#ifdef PLUGIN
extern "C" void load(Ref<Image> &out) { out = Ref<Image>(new Image(64)); }
#else
int main(int argc, char **argv) {
  auto load = (void (*)(Ref<Image> &))dlsym(open_plugin(argv), "load");
  {
    Ref<Image> i;
    load(i);
    Ref<Image> j = i;
    printf("%d\n", j->width);
  }
  puts("end");
}
#endif
