/* nghttp2's deflater, driven by lines: T SIZE changes the table's size, F FLAG NAME VALUE (hexadecimal
   digits) adds a field to the block, E ends the block and writes it as hexadecimal digits. */
#include <nghttp2/nghttp2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIELDS = 64, BYTES = 1 << 16 };

static size_t decode(const char *hex, uint8_t *out) {
  size_t count = strlen(hex) / 2;
  if (strcmp(hex, "-") == 0) return 0;
  for (size_t i = 0; i < count; i++) {
    unsigned byte;
    if (sscanf(hex + 2 * i, "%2x", &byte) != 1) exit(2);
    out[i] = (uint8_t)byte;
  }
  return count;
}

int main(int argc, char **argv) {
  static char line[2 * BYTES], name[BYTES], value[2 * BYTES];
  static uint8_t pool[8 * BYTES], out[8 * BYTES];
  nghttp2_nv fields[FIELDS];
  size_t count = 0, used = 0;
  nghttp2_hd_deflater *deflater;
  if (argc != 2 || nghttp2_hd_deflate_new(&deflater, (size_t)atoi(argv[1])) != 0) return 2;
  while (fgets(line, sizeof line, stdin)) {
    int flag;
    if (line[0] == 'T') {
      if (nghttp2_hd_deflate_change_table_size(deflater, (size_t)atoi(line + 2)) != 0) return 2;
    } else if (line[0] == 'F') {
      if (count == FIELDS || sscanf(line, "F %d %s %s", &flag, name, value) != 3) return 2;
      nghttp2_nv *field = &fields[count++];
      field->name = pool + used;
      used += field->namelen = decode(name, field->name);
      field->value = pool + used;
      used += field->valuelen = decode(value, field->value);
      field->flags = flag ? NGHTTP2_NV_FLAG_NO_INDEX : NGHTTP2_NV_FLAG_NONE;
    } else {
      ssize_t size = nghttp2_hd_deflate_hd(deflater, out, sizeof out, fields, count);
      if (size < 0) return 2;
      for (ssize_t i = 0; i < size; i++) printf("%02x", out[i]);
      printf("\n");
      count = used = 0;
    }
  }
  nghttp2_hd_deflate_del(deflater);
  return 0;
}
